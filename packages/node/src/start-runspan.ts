import { resolve } from 'node:path'
import { context, metrics, propagation, type TextMapPropagator, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { type IMetricReader, MeterProvider } from '@opentelemetry/sdk-metrics'
import { NodeTracerProvider, type Sampler, type SpanProcessor } from '@opentelemetry/sdk-trace-node'
import { DEFAULT_FOLDER, fileSink, type Sink, WorkflowResultsProcessor, workflowSampler } from '@runspan/exporter'
import { headers } from '@runspan/sdk'
import { type Config, environment, readConfig } from './config.js'
import { withDeadline } from './deadline.js'
import { watchExit } from './exit.js'
import { createMetricReader, createRunspanProcessor, createTraceProcessor, type SentCount } from './otlp.js'
import { createResource } from './resource.js'
import { resolveSampler } from './sampler.js'
import { createSpeaker } from './say.js'

/** Options of {@link startRunspan}; each wins over the environment variable of the same meaning. */
export interface RunspanOptions {
  /** @default `OTEL_SERVICE_NAME`, else the name in the nearest package.json */
  serviceName?: string | undefined
  /** @default the version in the nearest package.json */
  serviceVersion?: string | undefined
  /** The folder for documents, or false for none. @default `RUNSPAN_RESULTS_DIR`, else `results` */
  results?: string | false | undefined
  /** Other places for documents. @default none */
  sinks?: readonly Sink[] | undefined
  /** Which traces are sent; documents are written of all. @default `OTEL_TRACES_SAMPLER`, else all */
  sampler?: Sampler | undefined
  /** A Runspan collector, or an OpenTelemetry Collector before one. @default `RUNSPAN_ENDPOINT`, else none */
  endpoint?: string | undefined
  /** More span processors. @default none */
  spanProcessors?: readonly SpanProcessor[] | undefined
  /** More metric readers. @default none */
  metricReaders?: readonly IMetricReader[] | undefined
  /** @default W3C trace context and baggage */
  propagators?: readonly TextMapPropagator[] | undefined
}

/** What became of everything so far. */
export interface RunspanStatus {
  /** Documents written, and documents that still wait for a sink to take them. */
  readonly documents: { readonly written: number; readonly waiting: number; readonly dropped: number }
  /** Spans sent over OTLP, and spans that could not be. */
  readonly spans: { readonly sent: number; readonly lost: number }
  /** What went wrong, each thing once, in the words that were printed. */
  readonly problems: readonly string[]
}

/** What {@link startRunspan} gives. */
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

const STARTED = Symbol.for('runspan.node/1')
const DEADLINE_MS = 5_000

/**
 * Wires OpenTelemetry and the result documents for this process, at once. A second call gives the first handle and says
 * so; after `shutdown()` it starts anew. Never throws for what the environment says: it says what is wrong and goes on.
 */
export function startRunspan(options: RunspanOptions = {}): Runspan {
  const shared = globalThis as { [STARTED]?: Runspan }
  const speaker = createSpeaker()
  if (shared[STARTED] !== undefined) {
    speaker.say('startRunspan() was called again; the first call stands and these options are ignored.')
    return shared[STARTED]
  }
  const config = readConfig()
  for (const warning of config.warnings) speaker.say(warning)
  const handle = config.disabled ? inert() : start(options, config, speaker, () => delete shared[STARTED])
  shared[STARTED] = handle
  return handle
}

function start(
  options: RunspanOptions,
  config: Config,
  speaker: ReturnType<typeof createSpeaker>,
  onStopped: () => void,
): Runspan {
  const { say } = speaker
  const folder = options.results === undefined ? resultsFolder(config) : options.results
  const files = folder === false ? undefined : fileSink(folder)
  const documents = new WorkflowResultsProcessor({
    folder: false,
    sinks: [...(files ? [files] : []), ...(options.sinks ?? [])],
  })
  const count: SentCount = { sent: 0, lost: 0 }
  const endpoint = options.endpoint ?? config.endpoint
  const resource = createResource(options.serviceName ?? config.serviceName, options.serviceVersion)
  const tracerProvider = new NodeTracerProvider({
    resource,
    sampler: workflowSampler(options.sampler ?? resolveSampler(config, say)),
    spanProcessors: [
      documents,
      ...(config.traces ? [createTraceProcessor(config, count, say)] : []),
      ...(endpoint === undefined ? [] : [createRunspanProcessor(config, endpoint, count, say)]),
      ...(options.spanProcessors ?? []),
    ],
  })
  const readers = [...(config.metrics ? [createMetricReader(config)] : []), ...(options.metricReaders ?? [])]
  const meterProvider = readers.length === 0 ? undefined : new MeterProvider({ resource, readers })
  register(tracerProvider, meterProvider, options.propagators, say)

  const flush = async () => {
    await Promise.all([tracerProvider.forceFlush(), meterProvider?.forceFlush()])
  }
  const bounded = async (work: Promise<unknown>) => {
    const inTime = await withDeadline(work, DEADLINE_MS, (error) => say(`flushing failed: ${String(error)}`))
    if (!inTime) say(`gave up sending after ${DEADLINE_MS / 1_000} s; what was not sent by then is lost.`)
  }
  let idleFlushed = false
  let stopped: Promise<void> | undefined
  const stopWatching = watchExit({
    onIdle() {
      if (idleFlushed) return
      idleFlushed = true
      void bounded(flush())
    },
    onExit() {
      const open = documents.openRuns()
      documents.finish()
      if (open.length > 0) say(`the process ended while this was running: ${open.join(', ')}. The documents say so.`)
    },
  })
  const stop = async () => {
    stopWatching()
    await bounded(Promise.all([tracerProvider.shutdown(), meterProvider?.shutdown()]))
    unregister()
    onStopped()
  }
  return {
    forceFlush: () => bounded(flush()),
    shutdown() {
      stopped ??= stop()
      return stopped
    },
    childEnv: (env = environment()) => ({
      ...env,
      ...toEnvironment(headers()),
      ...(files === undefined ? { RUNSPAN_RESULTS_DIR: 'none' } : { RUNSPAN_RESULTS_DIR: files.folder }),
    }),
    pathOf: (runKey) => files?.pathOf(runKey),
    status() {
      const { written, waiting, dropped } = documents.status()
      return { documents: { written, waiting, dropped }, spans: { ...count }, problems: speaker.said() }
    },
  }
}

function register(
  tracerProvider: NodeTracerProvider,
  meterProvider: MeterProvider | undefined,
  propagators: RunspanOptions['propagators'],
  say: (message: string) => void,
): void {
  if (!trace.setGlobalTracerProvider(tracerProvider)) {
    say(
      'another OpenTelemetry provider is already registered. Keep it and add two lines to its set-up instead of startRunspan(): ' +
        "sampler: workflowSampler(yourSampler) and spanProcessors: [new WorkflowResultsProcessor()], both from '@runspan/exporter'.",
    )
    return
  }
  const manager = new AsyncLocalStorageContextManager().enable()
  if (!context.setGlobalContextManager(manager)) manager.disable()
  const chosen = propagators ?? [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
  propagation.setGlobalPropagator(new CompositePropagator({ propagators: [...chosen] }))
  if (meterProvider !== undefined) metrics.setGlobalMeterProvider(meterProvider)
}

function unregister(): void {
  trace.disable()
  context.disable()
  propagation.disable()
  metrics.disable()
}

function resultsFolder(config: Config): string | false {
  if (config.resultsDir === 'none') return false
  return resolve(config.resultsDir ?? DEFAULT_FOLDER)
}

/** W3C's environment-variable carriers are the header names in capitals. */
function toEnvironment(carrier: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(carrier).map(([name, value]) => [name.toUpperCase().replaceAll('-', '_'), value]),
  )
}

/** What stands in when everything is switched off. */
function inert(): Runspan {
  return {
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    childEnv: (env = environment()) => ({ ...env }),
    pathOf: () => undefined,
    status: () => ({ documents: { written: 0, waiting: 0, dropped: 0 }, spans: { sent: 0, lost: 0 }, problems: [] }),
  }
}
