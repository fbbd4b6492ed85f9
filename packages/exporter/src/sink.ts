import type { DetailedDocument } from '@runspan/results/core'

/** A document on its way to where it is kept. */
export interface Delivery {
  /** The run's key, `<trace id>-<span id>`: the same for every revision of the document. */
  readonly key: string
  readonly document: DetailedDocument
  /** False while the run is still going on. */
  readonly final: boolean
  /** True for a step that was called outside any run. */
  readonly loose: boolean
}

/** Where documents go. */
export interface Sink {
  /** Names the sink in messages. */
  readonly name: string
  /** Takes a document; one that throws or rejects is asked again later. */
  write(delivery: Delivery): void | Promise<void>
  /** Gives back what the sink holds open. */
  close?(): void | Promise<void>
}
