import { fromSpan, isOurs, liveListeners, type SpanLike, type SpanRecord } from '@runspan/results/core'
import { createDocuments } from './documents.js'
import { isWrappers, redactRecord, redactWrappers, toCleanEnd } from './redact-record.js'
import type { DocumentsStatus, ResultsOptions } from './results-options.js'

/**
 * A span processor that writes result documents while runs go on: it sees starts and hears of progress, so that a
 * document says which step is running, and it does not wait for a batch: a run's document is there when the run ends.
 */
export class WorkflowResultsProcessor {
  readonly #documents
  readonly #hear = (record: SpanRecord) => {
    if (record.phase === 'ended') return
    const now = performance.now()
    this.#documents.add(redactWrappers(record, now), now)
  }

  /** @throws ExporterError for an option that cannot be used. */
  constructor(options: ResultsOptions = {}) {
    this.#documents = createDocuments(options, { road: 'process' }, true)
    liveListeners().add(this.#hear)
  }

  /** Takes a start in; never throws. The wrapper's own spans are heard of a moment later, as live news that says more. */
  onStart(span: SpanLike): void {
    try {
      if (!isOurs(span) || isWrappers(span)) return
      this.#documents.add(redactRecord(fromSpan(span, 'started', 0)), performance.now())
    } catch (error) {
      this.#documents.refuse(error)
    }
  }

  /** Takes an ended span in; never throws. */
  onEnd(span: SpanLike): void {
    try {
      if (!isOurs(span)) return
      const now = performance.now()
      this.#documents.add(toCleanEnd(span, now), now)
    } catch (error) {
      this.#documents.refuse(error)
    }
  }

  /** Hands over everything that no written document says yet. */
  forceFlush(): Promise<void> {
    return this.#documents.flush()
  }

  /** Hands over everything, what has not ended as interrupted, and closes the sinks. */
  shutdown(): Promise<void> {
    liveListeners().delete(this.#hear)
    return this.#documents.close()
  }

  /** What {@link shutdown} does, at once: for the moment when the process ends and nothing can be waited for. */
  finish(): void {
    liveListeners().delete(this.#hear)
    this.#documents.finish()
  }

  /** The runs that have not ended, by the words people know them by. */
  openRuns(): string[] {
    return this.#documents.openRuns()
  }

  /** Where a run's document was last written; undefined when it was not, or not by this processor. */
  pathOf(runKey: string): string | undefined {
    return this.#documents.pathOf(runKey)
  }

  /** What became of records and documents so far. */
  status(): DocumentsStatus {
    return this.#documents.status()
  }
}
