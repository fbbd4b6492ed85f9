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
  /** Takes a document; one that throws or rejects is asked again later. A newer document of a run replaces an older one that waits. */
  write(delivery: Delivery): void | Promise<void>
  /** Messages that are kept on disk until they are sent, beside or instead of what `write` does. */
  readonly outbox?: OutboxPart | undefined
  /** Gives back what the sink holds open. */
  close?(): void | Promise<void>
}

/** The part of a sink that survives the process: its messages are sent later, by the next process if need be. */
export interface OutboxPart {
  /** Tells its messages from those of other sinks, for as long as one waits; no secret, safe as a file name. */
  readonly id: string
  /** The message for a document; undefined when there is none to send. */
  message(delivery: Delivery): OutboxMessage | undefined
  /** Sends one. Rejects with a {@link SendError}; any other error counts as one that may pass. */
  send(message: OutboxMessage, signal: AbortSignal): Promise<void>
}

/** A message that waits to be sent. */
export interface OutboxMessage {
  /** The same whenever and by whomever it is sent, so that a receiver knows it again. */
  readonly id: string
  readonly body: string
}

/** Why a message was not taken. */
export class SendError extends Error {
  override readonly name = 'SendError'
  /** Sending it again cannot help. */
  readonly permanent: boolean
  /** How long the receiver asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: { permanent: boolean; retryAfterMs?: number | undefined; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.permanent = options.permanent
    this.retryAfterMs = options.retryAfterMs
  }
}
