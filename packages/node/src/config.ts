import { quote } from '@runspan/results/core'

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
  readonly protocol: 'http/protobuf' | 'http/json'
  readonly sampler: string | undefined
  readonly samplerArg: string | undefined
  /** Spans that may wait to be sent. */
  readonly queueSize: number
  readonly warnings: readonly string[]
}

/** The SDK's own 2,048 lose most of a burst. */
const DEFAULT_QUEUE_SIZE = 65_536

/** Reads the standard `OTEL_*` variables that apply, and ours; what cannot be used is named in `warnings`. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const warnings: string[] = []
  const text = (name: string) => env[name]?.trim() || undefined
  const chosen = (name: string, endpoint: string) => {
    const exporter = text(name)
    if (exporter !== undefined && exporter !== 'otlp' && exporter !== 'none') {
      warnings.push(`${name} is ${quote(exporter)}, which is not supported; use 'otlp' or 'none'. Nothing is sent.`)
    }
    if (exporter !== undefined) return exporter === 'otlp'
    return text('OTEL_EXPORTER_OTLP_ENDPOINT') !== undefined || text(endpoint) !== undefined
  }
  return {
    disabled: isOn(env.RUNSPAN_DISABLED) || isOn(env.OTEL_SDK_DISABLED),
    serviceName: text('OTEL_SERVICE_NAME'),
    resultsDir: text('RUNSPAN_RESULTS_DIR'),
    endpoint: text('RUNSPAN_ENDPOINT'),
    token: text('RUNSPAN_TOKEN'),
    traces: chosen('OTEL_TRACES_EXPORTER', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'),
    metrics: chosen('OTEL_METRICS_EXPORTER', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'),
    protocol: readProtocol(text('OTEL_EXPORTER_OTLP_PROTOCOL'), warnings),
    sampler: text('OTEL_TRACES_SAMPLER'),
    samplerArg: text('OTEL_TRACES_SAMPLER_ARG'),
    queueSize: readCount('OTEL_BSP_MAX_QUEUE_SIZE', text('OTEL_BSP_MAX_QUEUE_SIZE'), warnings) ?? DEFAULT_QUEUE_SIZE,
    warnings,
  }
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^\s*(true|1)\s*$/i.test(value)
}

function readProtocol(value: string | undefined, warnings: string[]): Config['protocol'] {
  if (value === 'http/json') return value
  if (value !== undefined && value !== 'http/protobuf') {
    warnings.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL is ${quote(value)}, which is not supported; use 'http/protobuf' or 'http/json'. Using http/protobuf.`,
    )
  }
  return 'http/protobuf'
}

function readCount(name: string, value: string | undefined, warnings: string[]): number | undefined {
  if (value === undefined) return undefined
  const count = Number(value)
  if (Number.isSafeInteger(count) && count > 0) return count
  warnings.push(`${name} is ${quote(value)}; give a whole number above 0. Using ${DEFAULT_QUEUE_SIZE}.`)
  return undefined
}

/** The environment that a child process gets when nobody names one. */
export function environment(): NodeJS.ProcessEnv {
  return process.env
}
