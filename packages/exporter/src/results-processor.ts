import { fromSpan, isOurs, liveListeners, type SpanLike, type SpanRecord } from '@runspan/results/core'
import { createDocuments, type DocumentsStatus, type ResultsOptions } from './documents.js'

/** The instrumentation scope of the package whose spans announce themselves. */
const WRAPPER = '@runspan/sdk'

/**
 * A span processor that writes result documents while runs go on: it sees starts and hears of progress, so that a
 * document says which step is running, and it does not wait for a batch: a run's document is there when the run ends.
 */
export class WorkflowResultsProcessor {
  readonly #documents
  readonly #hear = (record: SpanRecord) => {
    if (record.phase !== 'ended') this.#documents.add(record)
  }

  /** @throws ExporterError for an option that cannot be used. */
  constructor(options: ResultsOptions = {}) {
    this.#documents = createDocuments(options, { road: 'process' })
    liveListeners().add(this.#hear)
  }

  /** Takes a start in. The wrapper's own spans are heard of a moment later, as live news that says more. */
  onStart(span: SpanLike): void {
    if (isOurs(span) && span.instrumentationScope?.name !== WRAPPER) this.#documents.add(fromSpan(span, 'started', 0))
  }

  /** Takes an ended span in. */
  onEnd(span: SpanLike): void {
    if (isOurs(span)) this.#documents.add(fromSpan(span, 'ended', 0))
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

  /** What became of records and documents so far. */
  status(): DocumentsStatus {
    return this.#documents.status()
  }
}
