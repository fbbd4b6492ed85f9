import { isOurs, type SpanLike } from '@runspan/results/core'
import { createDocuments } from './documents.js'
import { toCleanEnd } from './redact-record.js'
import type { DocumentsStatus, ResultsOptions } from './results-options.js'

/** OpenTelemetry's answer to an export: 0 success, 1 failure. */
interface ExportResult {
  code: 0 | 1
  error?: Error
}

/**
 * A span exporter that rebuilds result documents from finished spans. It sees what has ended only: a step that runs
 * when the process dies is not in its documents. Spans of others cost it one look at an attribute.
 */
export class WorkflowResultsExporter {
  readonly #documents

  /** @throws ExporterError for an option that cannot be used. */
  constructor(options: ResultsOptions = {}) {
    this.#documents = createDocuments(options, { road: 'process' }, false)
  }

  /** Takes ended spans in. Always answers success, when documents stand in their files: what a sink does not take is kept and offered again. */
  export(spans: readonly SpanLike[], resultCallback: (result: ExportResult) => void): void {
    for (const span of spans) {
      try {
        if (!isOurs(span)) continue
        const now = performance.now()
        this.#documents.add(toCleanEnd(span, now), now)
      } catch (error) {
        this.#documents.refuse(error)
      }
    }
    const done = () => resultCallback({ code: 0 })
    const filed = this.#documents.filed()
    if (filed === undefined) done()
    else void filed.then(done)
  }

  /** Hands over everything that no written document says yet. */
  forceFlush(): Promise<void> {
    return this.#documents.flush()
  }

  /** Hands over everything, open runs as interrupted, and closes the sinks. */
  shutdown(): Promise<void> {
    return this.#documents.close()
  }

  /** What became of records and documents so far. */
  status(): DocumentsStatus {
    return this.#documents.status()
  }
}
