import type { SpanRecord } from '@runspan/results/core'
import { publishLive } from '@runspan/results/core'
import { WorkflowResultsProcessor } from './results-processor.js'
import { memorySink } from './sinks/memory-sink.js'

/** A processor and the memory that it writes its documents into; files too, when a folder is given. */
export function createProcessor(options: ConstructorParameters<typeof WorkflowResultsProcessor>[0] = {}) {
  const memory = memorySink()
  const processor = new WorkflowResultsProcessor({ folder: false, sinks: [memory], ...options })
  return { memory, processor }
}

/** Ends a span as an SDK would: `onEnd` gets what live news have told before. */
export function end(processor: WorkflowResultsProcessor, one: SpanRecord): void {
  processor.onEnd({
    name: one.name,
    startTime: [Number(one.start.slice(0, -9)), Number(one.start.slice(-9))],
    endTime: [Number(one.end?.slice(0, -9)), Number(one.end?.slice(-9))],
    status: { code: one.status === 'error' ? 2 : 0 },
    attributes: one.attributes,
    parentSpanContext: one.parentSpanId === null ? undefined : { spanId: one.parentSpanId },
    spanContext: () => one,
  })
}

/** Tells a processor news, in the ways in which it hears of starts and of ends. */
export function tell(processor: WorkflowResultsProcessor, news: readonly SpanRecord[]): void {
  for (const one of news) one.phase === 'ended' ? end(processor, one) : publishLive(one)
}
