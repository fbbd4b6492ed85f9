import { quote, readSwitch, redactText } from '@runspan/results/core'
import { readWords } from './word-list.js'

/** How spans and metrics are written in a request. */
export type Protocol = 'http/protobuf' | 'http/json'

/** The ways to carry a trace that come with this package. */
export type PropagatorName = 'tracecontext' | 'baggage'

/** What can be found out about where a process runs, by the standard's words. */
export type DetectorName = 'container' | 'env' | 'host' | 'os' | 'process' | 'serviceinstance'

/** What the environment says, read once when {@link readConfig} is called. */
export interface Config {
  readonly disabled: boolean
  readonly serviceName: string | undefined
  /** `none` writes no files. */
  readonly resultsDir: string | undefined
  readonly endpoint: string | undefined
  readonly token: string | undefined
  /** Where spans and metrics go over OTLP, undefined where they do not. */
  readonly tracesUrl: string | undefined
  readonly metricsUrl: string | undefined
  /** How long one request may take, in milliseconds; undefined leaves it to the standard variables. */
  readonly timeoutMs: number | undefined
  readonly tracesProtocol: Protocol
  readonly metricsProtocol: Protocol
  /** Milliseconds from one sending of metrics to the next. */
  readonly metricIntervalMs: number
  /** What carries a trace from one process to another, without repetition. */
  readonly propagators: readonly PropagatorName[]
  /** What is found out about where the process runs. */
  readonly detectors: readonly DetectorName[]
  readonly sampler: string | undefined
  readonly samplerArg: string | undefined
  /** Spans that may wait to be sent. */
  readonly queueSize: number
  readonly warnings: readonly string[]
}

/** The SDK's own 2,048 lose most of a burst. */
const DEFAULT_QUEUE_SIZE = 65_536

/** The standard's. */
const DEFAULT_METRIC_INTERVAL_MS = 60_000

/** A timer of Node that is given more fires at once. */
const MAX_INTERVAL_MS = 2 ** 31 - 1

/** The standard's 10 s would hold a process that ends for longer than the 5 s that a flush may take. */
const DEFAULT_TIMEOUT_MS = 4_500
const TIMEOUTS = [
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
  'OTEL_EXPORTER_OTLP_METRICS_TIMEOUT',
]

const PROPAGATORS = {
  name: 'OTEL_PROPAGATORS',
  known: ['tracecontext', 'baggage'],
  otherwise: ['tracecontext', 'baggage'],
  hint: ', or give others to startRunspan() as propagators',
} as const

/** The standard's own default, and the two that tell one of many processes from another. */
const DETECTORS = {
  name: 'OTEL_NODE_RESOURCE_DETECTORS',
  known: ['container', 'env', 'host', 'os', 'process', 'serviceinstance'],
  otherwise: ['container', 'env', 'host', 'process', 'serviceinstance'],
  hasAll: true,
} as const

/** Where the standard says that spans go when no endpoint is named. */
const DEFAULT_ENDPOINT = 'http://localhost:4318'

/** The environment of this process, for a child to have a copy of. */
export function currentEnvironment(): NodeJS.ProcessEnv {
  return process.env
}

/** Reads the standard `OTEL_*` variables that apply, and ours; what cannot be used is named in `warnings`. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const warnings: string[] = []
  const warn = (message: string) => {
    if (!warnings.includes(message)) warnings.push(message)
  }
  const text = (name: string) => env[name]?.trim() || undefined
  const endpointOf = (name: string) => {
    const value = text(name)
    if (isUsable(value)) return value
    warn(
      `${name} is ${redactText(quote(value))}, which is no http or https address; give one such as http://localhost:4318. Nothing is sent there.`,
    )
    return undefined
  }
  const urlOf = (signal: 'traces' | 'metrics') => {
    const [name, own] = [`OTEL_${signal.toUpperCase()}_EXPORTER`, `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]
    const exporter = text(name)
    if (exporter !== undefined && exporter !== 'otlp' && exporter !== 'none') {
      warnings.push(`${name} is ${quote(exporter)}, which is not supported; use 'otlp' or 'none'. Nothing is sent.`)
    }
    const given = [own, 'OTEL_EXPORTER_OTLP_ENDPOINT'].filter((one) => text(one) !== undefined)
    if (exporter !== undefined && exporter !== 'otlp') return undefined
    if (given.length === 0 && exporter !== 'otlp') return undefined
    if (!given.every((one) => endpointOf(one) !== undefined)) return undefined
    return text(own) ?? withPath(text('OTEL_EXPORTER_OTLP_ENDPOINT') ?? DEFAULT_ENDPOINT, `v1/${signal}`)
  }
  const protocolOf = (name: string) => {
    const given = [name, 'OTEL_EXPORTER_OTLP_PROTOCOL'].find((one) => text(one) !== undefined)
    return given === undefined ? 'http/protobuf' : readProtocol(given, text(given), warn)
  }
  const countOf = (name: string, otherwise: number, most = Number.MAX_SAFE_INTEGER) => {
    const value = text(name)
    const count = Number(value ?? otherwise)
    if (Number.isSafeInteger(count) && count > 0 && count <= most) return count
    const range = most === Number.MAX_SAFE_INTEGER ? 'above 0' : `from 1 to ${most}`
    warn(`${name} is ${quote(value)}; give a whole number ${range}. Using ${otherwise}.`)
    return otherwise
  }
  const isOn = (name: string) => {
    const { on, warning } = readSwitch(name, env[name])
    if (warning !== undefined) warn(warning)
    return on
  }
  const [ours, theirs] = [isOn('RUNSPAN_DISABLED'), isOn('OTEL_SDK_DISABLED')]
  return {
    disabled: ours || theirs,
    serviceName: text('OTEL_SERVICE_NAME'),
    resultsDir: text('RUNSPAN_RESULTS_DIR'),
    endpoint: endpointOf('RUNSPAN_ENDPOINT'),
    token: text('RUNSPAN_TOKEN'),
    tracesUrl: urlOf('traces'),
    metricsUrl: urlOf('metrics'),
    timeoutMs: TIMEOUTS.some((name) => text(name) !== undefined) ? undefined : DEFAULT_TIMEOUT_MS,
    tracesProtocol: protocolOf('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'),
    metricsProtocol: protocolOf('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL'),
    metricIntervalMs: countOf('OTEL_METRIC_EXPORT_INTERVAL', DEFAULT_METRIC_INTERVAL_MS, MAX_INTERVAL_MS),
    propagators: readWords(PROPAGATORS, text('OTEL_PROPAGATORS'), warn),
    detectors: readWords(DETECTORS, text('OTEL_NODE_RESOURCE_DETECTORS'), warn),
    sampler: text('OTEL_TRACES_SAMPLER'),
    samplerArg: text('OTEL_TRACES_SAMPLER_ARG'),
    queueSize: countOf('OTEL_BSP_MAX_QUEUE_SIZE', DEFAULT_QUEUE_SIZE),
    warnings,
  }
}

/** As the SDK makes the address of a signal out of the one of all. */
function withPath(endpoint: string, path: string): string {
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`
  return url.href
}

/** True for an address that spans can be sent to, and for none at all. */
export function isUsable(address: string | undefined): boolean {
  if (address === undefined) return true
  try {
    return /^https?:$/.test(new URL(address).protocol)
  } catch {
    // What is no address is said by who asks, with the name of the variable.
    return false
  }
}

function readProtocol(name: string, value: string | undefined, warn: (message: string) => void): Protocol {
  if (value === 'http/json') return value
  if (value !== 'http/protobuf') {
    warn(`${name} is ${quote(value)}, which is not supported; use 'http/protobuf' or 'http/json'. Using http/protobuf.`)
  }
  return 'http/protobuf'
}
