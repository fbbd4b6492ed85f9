import { context, diag, metrics, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  AlwaysOnSampler,
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  type SpanLimits,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { type DetailedDocument, foldRuns, fromSpan, type SpanLike } from '@runspan/results/core'
import { afterEach, beforeEach } from 'vitest'

/** What a real provider recorded in one test. */
export interface Recording {
  spans(): ReadableSpan[]
  /** The attributes of the first span of that name, and kind where it is given. */
  attributes(name: string, kind?: string): ReadableSpan['attributes']
  document(): DetailedDocument
  documents(): DetailedDocument[]
  /** What was said through `diag`. */
  readonly said: string[]
}

/** Registers a real provider before each test of a file, and takes it away again. */
export function record(options: { sampler?: Sampler; spanLimits?: SpanLimits } = {}): Recording {
  const ended: ReadableSpan[] = []
  // An exporter would set timers, and some tests count them.
  const processor: SpanProcessor = {
    onStart: () => {},
    onEnd: (span) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const said: string[] = []
  const say = (message: string) => void said.push(message)
  beforeEach(() => {
    ended.length = 0
    said.length = 0
    diag.setLogger({ error: say, warn: say, info: say, debug: () => {}, verbose: () => {} })
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    propagation.setGlobalPropagator(
      new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
    )
    trace.setGlobalTracerProvider(
      new NodeTracerProvider({
        sampler: options.sampler ?? new AlwaysOnSampler(),
        ...(options.spanLimits === undefined ? {} : { spanLimits: options.spanLimits }),
        spanProcessors: [processor],
      }),
    )
  })
  afterEach(() => {
    trace.disable()
    context.disable()
    propagation.disable()
    metrics.disable()
    diag.disable()
  })
  const spans = () => ended
  const documents = () => foldRuns(spans().map((span) => fromSpan(span as unknown as SpanLike, 'ended', 0)))
  return {
    spans,
    said,
    documents,
    attributes(name, kind) {
      const found = spans().find(
        (span) => span.name === name && (kind ?? span.attributes['runspan.kind']) === span.attributes['runspan.kind'],
      )
      if (found === undefined)
        throw new Error(
          `no span '${name}' among ${spans()
            .map((span) => span.name)
            .join(', ')}`,
        )
      return found.attributes
    },
    document() {
      const [document] = documents()
      if (document === undefined) throw new Error('nothing was recorded')
      return document
    },
  }
}
