import { TraceFlags } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  getSharedConfigurationDefaults,
  mergeOtlpSharedConfigurationWithDefaults,
  OTLPExporterBase,
} from '@opentelemetry/otlp-exporter-base'
import {
  createOtlpHttpExportDelegate,
  getSharedConfigurationFromEnvironment,
  httpAgentFactoryFromOptions,
} from '@opentelemetry/otlp-exporter-base/node-http'
import { ProtobufTraceSerializer, TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { Config } from './config.js'
import { withPlainNumbers } from './plain-numbers.js'

/** The SDK refuses a timeout that is longer than the interval; this is its own. */
const METRIC_TIMEOUT_MS = 30_000

/** How many spans left over OTLP, and how many could not. */
export interface SentCount {
  sent: number
  lost: number
}

/** A processor that sends sampled spans where the standard `OTEL_EXPORTER_OTLP_*` variables say. */
export function createTraceProcessor(
  config: Config,
  count: SentCount,
  say: (message: string) => void,
): BatchSpanProcessor {
  const options = { timeoutMillis: config.timeoutMs }
  const exporter = config.tracesProtocol === 'http/json' ? new JsonTraces(options) : new ProtobufTraces(options)
  const where = 'the OTLP endpoint (OTEL_EXPORTER_OTLP_ENDPOINT)'
  const counting = createCounting(exporter, where, count, say)
  const safe: SpanExporter =
    config.tracesProtocol === 'http/json'
      ? { ...counting, export: (spans, done) => counting.export(spans.map(withPlainNumbers), done) }
      : counting
  return new BatchSpanProcessor(safe, { maxQueueSize: config.queueSize })
}

/** A processor that sends spans to a Runspan collector, or to an OpenTelemetry Collector in front of one. */
export function createRunspanProcessor(
  config: Config,
  endpoint: string,
  count: SentCount,
  say: (message: string) => void,
) {
  const url = toTracesUrl(endpoint)
  const counting = createCounting(createRunspanExporter(config, url), `'${url}' (RUNSPAN_ENDPOINT)`, count, say)
  const queue = new BatchSpanProcessor(
    {
      ...counting,
      export: (spans, done) =>
        counting.export(
          spans.map((span) => Object.getPrototypeOf(span)),
          done,
        ),
    },
    { maxQueueSize: config.queueSize },
  )
  return {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => queue.onEnd(asSampled(span)),
    forceFlush: () => queue.forceFlush(),
    shutdown: () => queue.shutdown(),
  }
}

/**
 * The standard exporter adds the headers and client certificates that the `OTEL_EXPORTER_OTLP_*` variables hold for
 * another place. Of those variables only the timeout and the compression hold here.
 */
function createRunspanExporter(config: Config, url: string): SpanExporter {
  const headers: Record<string, string> = { 'Content-Type': 'application/x-protobuf' }
  if (config.token !== undefined) headers.authorization = `Bearer ${config.token}`
  const shared = mergeOtlpSharedConfigurationWithDefaults(
    config.timeoutMs === undefined ? {} : { timeoutMillis: config.timeoutMs },
    getSharedConfigurationFromEnvironment('TRACES'),
    getSharedConfigurationDefaults(),
  )
  const agentFactory = httpAgentFactoryFromOptions({ keepAlive: true })
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(
      { ...shared, url, headers: async () => headers, agentFactory },
      ProtobufTraceSerializer,
      'otlp_http_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
    ),
  )
}

/** The SDK's queue takes sampled spans only. The span itself, and what is sent of it, says the truth. */
function asSampled(span: ReadableSpan): ReadableSpan {
  const spanContext = { ...span.spanContext(), traceFlags: span.spanContext().traceFlags | TraceFlags.SAMPLED }
  return Object.create(span, { spanContext: { value: () => spanContext } })
}

/** A reader that sends metrics where the standard variables say. */
export function createMetricReader(config: Config): PeriodicExportingMetricReader {
  const options = { timeoutMillis: config.timeoutMs }
  return new PeriodicExportingMetricReader({
    exporter: config.metricsProtocol === 'http/json' ? new JsonMetrics(options) : new ProtobufMetrics(options),
    exportIntervalMillis: config.metricIntervalMs,
    exportTimeoutMillis: Math.min(config.metricIntervalMs, METRIC_TIMEOUT_MS),
  })
}

/** Counts what was sent, and says once, in a sentence that helps, when something could not be. */
function createCounting(
  exporter: SpanExporter,
  where: string,
  count: SentCount,
  say: (message: string) => void,
): SpanExporter {
  return {
    export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) count.sent += spans.length
        else {
          count.lost += spans.length
          say(
            `spans could not be sent to ${where}: ${reasonOf(result.error)}. Is a collector listening there? The documents are not affected.`,
          )
        }
        resultCallback(result)
      })
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason was given'
  const { code } = error as NodeJS.ErrnoException
  const cause = error.cause instanceof Error ? reasonOf(error.cause) : ''
  const parts = [error.message || (error instanceof AggregateError ? reasonOf(error.errors[0]) : ''), code, cause]
  return [...new Set(parts.filter(Boolean))].join(', ') || error.name
}

/** The address for spans of a collector's address; one that names the path for spans already is taken as it is meant. */
export function toTracesUrl(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '').replace(/\/v1\/traces$/, '')}/v1/traces`
}
