import { resolve } from 'node:path'
import { context, type TextMapPropagator } from '@opentelemetry/api'
import { suppressTracing, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeTracerProvider, type Sampler, type SpanProcessor } from '@opentelemetry/sdk-trace-node'
import { DEFAULT_FOLDER, type SinkOptions, WorkflowResultsProcessor, workflowSampler } from '@runspan/exporter'
import { quote, redactText } from '@runspan/results/core'
import { headers } from '@runspan/sdk'
import { type Config, currentEnvironment, isUsable } from './config.js'
import { withDeadline } from './deadline.js'
import type { SentCount } from './delivery.js'
import { watchExit } from './exit.js'
import { claimGlobals } from './globals.js'
import { loadMetrics, whereInstalled } from './load.js'
import { createMetricReaders, createSenders } from './otlp.js'
import { createResource } from './resource.js'
import { resolveSampler } from './sampler.js'
import type { Speaker } from './say.js'

/** Options of `startRunspan`; each wins over the environment variable of the same meaning. */
export interface RunspanOptions {
  /** @default `OTEL_SERVICE_NAME`, else the name in the nearest package.json */
  serviceName?: string | undefined
  /** @default the version in the nearest package.json */
  serviceVersion?: string | undefined
  /** The folder for documents, or false for none. @default `RUNSPAN_RESULTS_DIR`, else `results` */
  results?: string | false | undefined
  /** Other places for documents. @default none */
  sinks?: SinkOptions['sinks']
  /** Which traces are sent; documents are written of all. @default `OTEL_TRACES_SAMPLER`, else all */
  sampler?: Sampler | undefined
  /** A Runspan collector, or an OpenTelemetry Collector before one. @default `RUNSPAN_ENDPOINT`, else none */
  endpoint?: string | undefined
  /** More span processors. @default none */
  spanProcessors?: readonly SpanProcessor[] | undefined
  /** More metric readers. @default none */
  metricReaders?: readonly IMetricReader[] | undefined
  /** @default `OTEL_PROPAGATORS`, else W3C trace context and baggage */
  propagators?: readonly TextMapPropagator[] | undefined
}

/** What became of everything so far. */
export interface RunspanStatus {
  /** Documents written, ones that still wait for a sink, records and documents left out, documents of processes that died. */
  readonly documents: {
    readonly written: number
    readonly waiting: number
    readonly dropped: number
    readonly recovered: number
  }
  /** Spans sent over OTLP, and spans that could not be. */
  readonly spans: { readonly sent: number; readonly lost: number }
  /** What went wrong, each thing once, in the words that were printed. */
  readonly problems: readonly string[]
}

/** What `startRunspan` gives. */
export interface Runspan {
  /** Sends and writes everything that waits; gives up after 5 s and says so. Never rejects. */
  forceFlush(): Promise<void>
  /** The same, then stops; runs that are still open are written as interrupted. Never rejects. */
  shutdown(): Promise<void>
  /** An environment for a child process whose steps join the current run; `env` is copied. */
  childEnv(env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv
  /** Where a run's document was last written; undefined when it was not, or not by this process. */
  pathOf(runKey: string): string | undefined
  status(): RunspanStatus
}

const DEADLINE_MS = 5_000

/**
 * A flush makes Node emit `beforeExit` once more. A program that makes a span at each of them would never end without a
 * limit.
 */
const MAX_IDLE_FLUSHES = 5

const NO_DOCUMENTS = { written: 0, waiting: 0, dropped: 0, recovered: 0 } as const

const PROPAGATORS = { tracecontext: W3CTraceContextPropagator, baggage: W3CBaggagePropagator } as const

/** Makes the providers, registers them and watches the end of the process; undefined when others are registered. */
export function wire(
  options: RunspanOptions,
  config: Config,
  speaker: Speaker,
  onStopped: () => void,
): Runspan | undefined {
  const { say } = speaker
  const folder = resultsFolder(options, config)
  const documents = createDocuments(folder, options.sinks)
  const count: SentCount = { sent: 0, lost: 0 }
  const sending = { config, count, say, isEnding: false }
  const endpoint = endpointOf(options, config, say)
  const resource = createResource(
    { serviceName: options.serviceName ?? config.serviceName, serviceVersion: options.serviceVersion },
    config.detectors,
  )
  let idleFlushesLeft = MAX_IDLE_FLUSHES
  let endedSince = true
  const sampler = options.sampler ?? resolveSampler(config, say)
  // Spans that are not sampled are recorded only for who takes them.
  const keepsAll = documents !== undefined || endpoint !== undefined || (options.spanProcessors ?? []).length > 0
  const tracerProvider = new NodeTracerProvider({
    resource,
    sampler: keepsAll ? workflowSampler(sampler) : sampler,
    spanProcessors: [
      ...(documents === undefined ? [] : [documents]),
      ...whereInstalled(say, () => createSenders(sending, endpoint)),
      ...(options.spanProcessors ?? []),
      watchEnds(() => {
        endedSince = true
      }),
    ],
  })
  const readers = [...whereInstalled(say, () => createMetricReaders(sending)), ...(options.metricReaders ?? [])]
  const [meterProvider] = whereInstalled(say, () =>
    readers.length === 0 ? [] : [new (loadMetrics().MeterProvider)({ resource, readers })],
  )
  const propagators = options.propagators ?? config.propagators.map((name) => new PROPAGATORS[name]())
  const unregister = claimGlobals(tracerProvider, meterProvider, propagators)
  if (unregister === undefined) {
    void tracerProvider.shutdown()
    void meterProvider?.shutdown()
    return undefined
  }
  const flush = async () => {
    await Promise.all([tracerProvider.forceFlush(), meterProvider?.forceFlush()])
  }
  const bounded = async (work: Promise<unknown>) => {
    const inTime = await withDeadline(work, DEADLINE_MS, (error) => {
      // What could not be sent was said, in better words, when it was tried.
      if (count.lost === 0) say(`flushing failed: ${String(error)}`)
    })
    if (!inTime)
      say(`gave up sending after ${DEADLINE_MS / 1_000} s; spans and metrics that were not sent by then are lost.`)
    return inTime
  }
  let stopped: Promise<void> | undefined
  const stopWatching = watchExit({
    onIdle() {
      if (!endedSince || idleFlushesLeft <= 0) return
      endedSince = false
      idleFlushesLeft -= 1
      sending.isEnding = true
      // A sink that makes spans of its own would otherwise give each flush a reason for the next.
      const flushed = context.with(suppressTracing(context.active()), () => bounded(flush()))
      void flushed.then((inTime) => {
        sending.isEnding = false
        if (!inTime) idleFlushesLeft = 0
      })
    },
    onExit() {
      if (documents === undefined) return
      const open = documents.openRuns()
      documents.finish()
      if (open.length > 0) say(`the process ended while this was running: ${open.join(', ')}. The documents say so.`)
    },
  })
  const stop = async () => {
    stopWatching()
    sending.isEnding = true
    await bounded(Promise.all([tracerProvider.shutdown(), meterProvider?.shutdown()]))
    unregister()
    speaker.close()
    onStopped()
  }
  return {
    async forceFlush() {
      await bounded(flush())
    },
    shutdown() {
      stopped ??= stop()
      return stopped
    },
    childEnv: (env = currentEnvironment()) => ({
      ...env,
      ...toEnvironment(headers()),
      RUNSPAN_RESULTS_DIR: folder === false ? 'none' : folder,
    }),
    pathOf: (runKey) => documents?.pathOf(runKey),
    status() {
      const { written, waiting, dropped, recovered } = documents?.status() ?? NO_DOCUMENTS
      return { documents: { written, waiting, dropped, recovered }, spans: { ...count }, problems: speaker.said() }
    },
  }
}

/** What stands in when everything is switched off, or when others do the work. */
export function inert(onStopped: () => void, said: () => readonly string[]): Runspan {
  return {
    forceFlush: () => Promise.resolve(),
    async shutdown() {
      onStopped()
    },
    childEnv: (env = currentEnvironment()) => ({ ...env }),
    pathOf: () => undefined,
    status: () => ({
      documents: NO_DOCUMENTS,
      spans: { sent: 0, lost: 0 },
      problems: said(),
    }),
  }
}

/** Nothing, where documents have no place to go: the records of a run are kept only to be folded into one. */
function createDocuments(folder: string | false, sinks: SinkOptions['sinks']): WorkflowResultsProcessor | undefined {
  if (folder === false && (sinks ?? []).length === 0) return undefined
  return new WorkflowResultsProcessor({ folder, sinks })
}

function watchEnds(onEnd: () => void): SpanProcessor {
  const done = () => Promise.resolve()
  return { onStart: () => undefined, onEnd, forceFlush: done, shutdown: done }
}

/** Resolved once: a program that changes its working directory later goes on writing where it began. */
function resultsFolder({ results }: RunspanOptions, { resultsDir }: Config): string | false {
  if (results === false) return false
  if (results !== undefined) return results.trim() === '' ? results : resolve(results)
  return resultsDir === 'none' ? false : resolve(resultsDir ?? DEFAULT_FOLDER)
}

function endpointOf({ endpoint }: RunspanOptions, config: Config, say: Speaker['say']): string | undefined {
  if (endpoint === undefined) return config.endpoint
  if (isUsable(endpoint)) return endpoint
  say(`endpoint is ${redactText(quote(endpoint))}, which is no http or https address. Nothing is sent there.`)
  return undefined
}

/** W3C's environment-variable carriers are the header names in capitals. */
function toEnvironment(carrier: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(carrier).map(([name, value]) => [name.toUpperCase().replaceAll('-', '_'), value]),
  )
}
