import { quote, redactText } from '@runspan/results/core'

/** How spans and metrics are written in a request. */
export type Protocol = 'http/protobuf' | 'http/json'

/** The ways to carry a trace that come with this package. */
export type PropagatorName = 'tracecontext' | 'baggage'

/** What the environment says, read once when {@link readConfig} is called. */
export interface Config {
  readonly disabled: boolean
  readonly serviceName: string | undefined
  /** `none` writes no files. */
  readonly resultsDir: string | undefined
  readonly endpoint: string | undefined
  readonly token: string | undefined
  /** Whether spans and metrics leave over OTLP. */
  readonly traces: boolean
  readonly metrics: boolean
  /** How long one request may take, in milliseconds; undefined leaves it to the standard variables. */
  readonly timeoutMs: number | undefined
  readonly tracesProtocol: Protocol
  readonly metricsProtocol: Protocol
  /** Milliseconds from one sending of metrics to the next. */
  readonly metricIntervalMs: number
  /** What carries a trace from one process to another, without repetition. */
  readonly propagators: readonly PropagatorName[]
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
  const chosen = (name: string, endpoint: string) => {
    const exporter = text(name)
    if (exporter !== undefined && exporter !== 'otlp' && exporter !== 'none') {
      warnings.push(`${name} is ${quote(exporter)}, which is not supported; use 'otlp' or 'none'. Nothing is sent.`)
    }
    const given = [endpoint, 'OTEL_EXPORTER_OTLP_ENDPOINT'].filter((one) => text(one) !== undefined)
    if (exporter !== undefined && exporter !== 'otlp') return false
    return given.length === 0 ? exporter === 'otlp' : given.every((one) => endpointOf(one) !== undefined)
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
  return {
    disabled: isOn(env.RUNSPAN_DISABLED) || isOn(env.OTEL_SDK_DISABLED),
    serviceName: text('OTEL_SERVICE_NAME'),
    resultsDir: text('RUNSPAN_RESULTS_DIR'),
    endpoint: endpointOf('RUNSPAN_ENDPOINT'),
    token: text('RUNSPAN_TOKEN'),
    traces: chosen('OTEL_TRACES_EXPORTER', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'),
    metrics: chosen('OTEL_METRICS_EXPORTER', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'),
    timeoutMs: TIMEOUTS.some((name) => text(name) !== undefined) ? undefined : DEFAULT_TIMEOUT_MS,
    tracesProtocol: protocolOf('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'),
    metricsProtocol: protocolOf('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL'),
    metricIntervalMs: countOf('OTEL_METRIC_EXPORT_INTERVAL', DEFAULT_METRIC_INTERVAL_MS, MAX_INTERVAL_MS),
    propagators: readPropagators(text('OTEL_PROPAGATORS'), warn),
    sampler: text('OTEL_TRACES_SAMPLER'),
    samplerArg: text('OTEL_TRACES_SAMPLER_ARG'),
    queueSize: countOf('OTEL_BSP_MAX_QUEUE_SIZE', DEFAULT_QUEUE_SIZE),
    warnings,
  }
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^\s*(true|1)\s*$/i.test(value)
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

function readPropagators(value: string | undefined, warn: (message: string) => void): PropagatorName[] {
  const words = new Set((value ?? 'tracecontext,baggage').split(',').map((word) => word.trim()))
  const known: PropagatorName[] = []
  for (const word of words) {
    if (word === 'tracecontext' || word === 'baggage') known.push(word)
    else if (word !== 'none' && word !== '') {
      warn(
        `OTEL_PROPAGATORS names ${quote(word)}, which is not supported; use 'tracecontext', 'baggage' or 'none', or give others to startRunspan() as propagators. It is left out.`,
      )
    }
  }
  return words.has('none') ? [] : known
}
