import type { DetailedDocument } from '@runspan/results/core'
import type { Sink } from '../sink.js'

/** A place of long-term storage, as far as documents need one. */
export interface DocumentStore {
  /** Keeps a document in the place of an earlier revision of the same key. */
  save(key: string, document: DetailedDocument): void | Promise<void>
  close?(): void | Promise<void>
}

/** Keeps each finished document in a store of the application's own. */
export function storeSink(store: DocumentStore, name = 'a store'): Sink {
  return {
    name,
    write: ({ key, document, final, loose }) => (final && !loose ? store.save(key, document) : undefined),
    close: () => store.close?.(),
  }
}
