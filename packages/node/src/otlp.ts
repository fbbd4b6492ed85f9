import { setImmediate } from 'node:timers/promises'
import { TraceFlags } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import type { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { redactText } from '@runspan/results/core'
import { createDelivery, failureText, type Sending } from './delivery.js'
import { loadMetricExporters, loadMetrics } from './load.js'
import { createRunspanExporter, createStandardExporter } from './span-exporter.js'

/** The SDK refuses a timeout that is longer than the interval; this is its own. */
const METRIC_TIMEOUT_MS = 30_000

/** Spans that would go to one place by two roads take the one that carries every run. */
export function createSenders(sending: Sending, endpoint: string | undefined): SpanProcessor[] {
  const { tracesUrl } = sending.config
  const runspanUrl = endpoint === undefined ? undefined : toTracesUrl(endpoint)
  const isBoth = tracesUrl !== undefined && runspanUrl === tracesUrl
  if (isBoth) {
    sending.say(`RUNSPAN_ENDPOINT and the OTLP endpoint are both ${redactText(tracesUrl)}; spans are sent there once.`)
  }
  return [
    ...(tracesUrl === undefined || isBoth ? [] : [createTraceProcessor(sending, tracesUrl)]),
    ...(runspanUrl === undefined ? [] : [createRunspanProcessor(sending, runspanUrl)]),
  ]
}

/** A processor that sends sampled spans where the standard `OTEL_EXPORTER_OTLP_*` variables say. */
function createTraceProcessor(sending: Sending, url: string): SpanProcessor {
  return createQueue(createStandardExporter(sending.config), url, sending)
}

/**
 * A processor that sends spans to a Runspan collector, or to an OpenTelemetry Collector in front of one. Where that is
 * the place of the standard variables too, what they say of it holds: its headers, certificates and format.
 */
function createRunspanProcessor(sending: Sending, url: string): SpanProcessor {
  const { config } = sending
  const isBoth = config.tracesUrl === url
  const exporter = isBoth ? createStandardExporter(config, config.token) : createRunspanExporter(config, url)
  const queue = createQueue(exporter, url, sending)
  return { ...queue, onEnd: (span: ReadableSpan) => queue.onEnd(asSampled(span)) }
}

/**
 * The SDK's queue makes requests of spans; how many wait, and for what, is ours to know: it says and counts what it leaves
 * out, and its flush waits for all, also for a request that itself waits until it is known where the process runs.
 */
function createQueue(exporter: SpanExporter, url: string, sending: Sending): SpanProcessor {
  const { config, count, say } = sending
  let waiting = 0
  let resource: ReadableSpan['resource'] | undefined
  const delivery = createDelivery(exporter, url, sending, (spans) => {
    waiting -= spans
  })
  const queue = new BatchSpanProcessor(
    {
      export(spans, done) {
        delivery.add(spans.map((span: MaybeDressed) => span[BARE] ?? span))
        done({ code: ExportResultCode.SUCCESS })
      },
      shutdown: delivery.close,
    },
    { maxQueueSize: config.queueSize },
  )
  const located = async () => {
    await resource?.waitForAsyncAttributes?.()
    // The request that waited for the same goes on now.
    if (waiting > 0) await setImmediate()
  }
  return {
    onStart: () => undefined,
    onEnd(span) {
      if (!(span.spanContext().traceFlags & TraceFlags.SAMPLED)) return
      if (waiting < config.queueSize) {
        waiting += 1
        resource = span.resource
        queue.onEnd(span)
        return
      }
      count.lost += 1
      const most = config.queueSize.toLocaleString('en')
      say(`spans are left out: ${most} wait to be sent to ${redactText(url)}; raise OTEL_BSP_MAX_QUEUE_SIZE.`)
    },
    async forceFlush() {
      await located()
      await queue.forceFlush()
      await delivery.flush()
    },
    async shutdown() {
      await located()
      await queue.shutdown()
    },
  }
}

/** Leads back to the span itself. */
const BARE = Symbol('span')

type MaybeDressed = ReadableSpan & { readonly [BARE]?: ReadableSpan }

/** The SDK's queue takes sampled spans only. The span itself, and what is sent of it, says the truth. */
function asSampled(span: ReadableSpan): MaybeDressed {
  const spanContext = span.spanContext()
  if (spanContext.traceFlags & TraceFlags.SAMPLED) return span
  const sampled = { ...spanContext, traceFlags: spanContext.traceFlags | TraceFlags.SAMPLED }
  return Object.create(span, { spanContext: { value: () => sampled }, [BARE]: { value: span } })
}

/** A reader that sends metrics where the standard variables say, or none. */
export function createMetricReaders({ config, say }: Sending): PeriodicExportingMetricReader[] {
  const { metricsUrl, tracesUrl } = config
  if (metricsUrl === undefined) return []
  const { PeriodicExportingMetricReader } = loadMetrics()
  const { OTLPMetricExporter } = loadMetricExporters[config.metricsProtocol]()
  const exporter = new OTLPMetricExporter({ timeoutMillis: config.timeoutMs })
  // What is wrong with a place that spans go to as well is said of them.
  const isOfSpans = tracesUrl !== undefined && new URL(tracesUrl).origin === new URL(metricsUrl).origin
  const send = exporter.export.bind(exporter)
  exporter.export = (metrics, done) =>
    send(metrics, (result) => {
      if (result.code !== ExportResultCode.SUCCESS && !isOfSpans) say(failureText('metrics', metricsUrl, result.error))
      done(result)
    })
  return [
    new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: config.metricIntervalMs,
      exportTimeoutMillis: Math.min(config.metricIntervalMs, METRIC_TIMEOUT_MS),
    }),
  ]
}

/** The address for spans of a collector's address; one that names the path for spans already is taken as it is meant. */
export function toTracesUrl(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '').replace(/\/v1\/traces$/, '')}/v1/traces`
}
