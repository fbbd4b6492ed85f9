import type { DetailedDocument } from '../core/document.js'

/** Takes documents one by one and keeps what it needs of them, no more. */
export interface Collector<Result> {
  add(document: DetailedDocument): void
  /** What is known so far; documents may be added afterwards. */
  result(): Result
}

/** Gives a collector all documents, in one pass, and returns its result. */
export function collect<Result>(collector: Collector<Result>, documents: Iterable<DetailedDocument>): Result {
  for (const document of documents) collector.add(document)
  return collector.result()
}
