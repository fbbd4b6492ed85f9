import { quote, readSwitch, redactText, switchWords } from '@runspan/results/core'
import { type Check, ok, type Variables, warn } from './check.js'

interface Rule {
  readonly allows: (value: string) => boolean
  /** What is allowed, in words. */
  readonly words: string
  /** A value to set instead; without it the variable is better not set at all. */
  readonly instead?: string
}

const oneOf = (...values: string[]): Rule => ({
  allows: (value) => values.includes(value.toLowerCase()),
  words: values.join(', '),
})
const address: Rule = {
  allows: (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  words: 'an http or https address',
  instead: 'http://localhost:4318',
}
const number = (least: number, most: number, words: string): Rule => ({
  allows: (value) => /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most,
  words,
})
const count = number(1, Number.MAX_SAFE_INTEGER, 'a whole number above 0')
const millis = number(0, Number.MAX_SAFE_INTEGER, 'a whole number of milliseconds')
const exporter = oneOf('otlp', 'none')
const protocol: Rule = { ...oneOf('http/protobuf', 'http/json'), instead: 'http/protobuf' }
const flag = (name: string): Rule => ({
  allows: (value) => readSwitch(name, value).warning === undefined,
  words: switchWords(name),
})
/** Some of a few words with commas between, or `none`. */
const wordsOf = (...known: string[]): Rule => ({
  allows: (value) => value.split(',').every((word) => ['', 'none', ...known].includes(word.trim())),
  words: `a list of ${known.join(', ')}, or none`,
})
const bases = ['always_on', 'always_off', 'traceidratio']

/** What the variables may say. */
const RULES: Readonly<Record<string, Rule>> = {
  OTEL_SDK_DISABLED: flag('OTEL_SDK_DISABLED'),
  RUNSPAN_DISABLED: flag('RUNSPAN_DISABLED'),
  RUNSPAN_BAGGAGE: flag('RUNSPAN_BAGGAGE'),
  OTEL_TRACES_EXPORTER: exporter,
  OTEL_METRICS_EXPORTER: exporter,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_COMPRESSION: oneOf('gzip', 'none'),
  OTEL_EXPORTER_OTLP_ENDPOINT: address,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: { ...address, instead: 'http://localhost:4318/v1/traces' },
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: { ...address, instead: 'http://localhost:4318/v1/metrics' },
  OTEL_EXPORTER_OTLP_TIMEOUT: millis,
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: millis,
  OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: millis,
  OTEL_BSP_MAX_QUEUE_SIZE: count,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count,
  OTEL_BSP_SCHEDULE_DELAY: millis,
  OTEL_BSP_EXPORT_TIMEOUT: millis,
  OTEL_METRIC_EXPORT_INTERVAL: millis,
  OTEL_TRACES_SAMPLER: oneOf(...bases, ...bases.map((base) => `parentbased_${base}`)),
  OTEL_TRACES_SAMPLER_ARG: {
    allows: (value) => Number(value) >= 0 && Number(value) <= 1,
    words: 'a number from 0 to 1',
  },
  OTEL_PROPAGATORS: { ...wordsOf('tracecontext', 'baggage'), instead: 'tracecontext,baggage' },
  OTEL_NODE_RESOURCE_DETECTORS: wordsOf('container', 'env', 'host', 'os', 'process', 'serviceinstance', 'all'),
  OTEL_ATTRIBUTE_COUNT_LIMIT: count,
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: count,
  OTEL_SPAN_EVENT_COUNT_LIMIT: count,
  OTEL_SPAN_LINK_COUNT_LIMIT: count,
  RUNSPAN_ENDPOINT: address,
  RUNSPAN_PORT: number(0, 65_535, 'a number from 0 to 65535'),
}

/** Variables whose value cannot be used, that turn tracking off, or that leave traces out. */
export function checkVariables(variables: Variables): Check[] {
  const read = (name: string) => variables[name]?.trim() ?? ''
  const checks: Check[] = []
  for (const [name, { allows, words, instead }] of Object.entries(RULES)) {
    const value = read(name)
    if (value === '' || allows(value)) continue
    const fix = instead === undefined ? `unset ${name}` : `export ${name}=${instead}`
    checks.push(warn(name, `is ${redactText(quote(value))}, which cannot be used; allowed is ${words}`, fix))
  }
  for (const name of ['OTEL_SDK_DISABLED', 'RUNSPAN_DISABLED']) {
    if (readSwitch(name, read(name)).on) checks.push(warn(name, 'is set: nothing is tracked', `unset ${name}`))
  }
  const sampler = read('OTEL_TRACES_SAMPLER')
  if (leavesOut(sampler, read('OTEL_TRACES_SAMPLER_ARG'))) {
    const text = `${sampler}: not all traces are sent; documents are whole all the same`
    checks.push(warn('OTEL_TRACES_SAMPLER', text, 'export OTEL_TRACES_SAMPLER=parentbased_always_on'))
  }
  return checks.length > 0 ? checks : [ok('variables', 'what OTEL_* and RUNSPAN_* say can be used')]
}

function leavesOut(sampler: string, argument: string): boolean {
  if (!RULES.OTEL_TRACES_SAMPLER?.allows(sampler)) return false
  if (sampler.endsWith('always_off')) return true
  return sampler.endsWith('traceidratio') && argument !== '' && Number(argument) < 1 && Number(argument) >= 0
}
