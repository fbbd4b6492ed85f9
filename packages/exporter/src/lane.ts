import { messageOf } from './message-of.js'
import type { Delivery, Sink } from './sink.js'
import { untraced } from './untraced.js'
import { aborted } from './within.js'

/** What became of what was offered to a sink. */
export interface LaneCounts {
  readonly waiting: number
  readonly dropped: number
}

/** One sink and what waits for it: a sink that is slow or fails delays no other. */
export interface Lane {
  readonly name: string
  /** Hands a document over. False when the sink refused it at once: it is to be offered again later. */
  offer(delivery: Delivery): boolean
  /** Resolves when nothing waits any more, or when what waits is safe, or `signal` says to stop. Never rejects. */
  drain(signal: AbortSignal): Promise<void>
  counts(): LaneCounts
  /** Gives back what the sink holds open; it gets nothing more. Never rejects. */
  close(): Promise<void>
}

/** Documents that may wait for a sink that needs time. */
const MAX_WAITING = 1_000
/** And rows in them: a row takes about a kilobyte. */
const MAX_WAITING_ROWS = 100_000
const MAX_UNDERWAY = 8
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
/** A sink that has not answered by then has failed. */
const PATIENCE_MS = 30_000

/** The lane of a sink that takes documents by its `write` alone. */
export function createLane(sink: Sink, report: (message: string) => void): Lane {
  const waiting = new Map<string, Delivery>()
  const underway = new Map<string, Promise<void>>()
  let rows = 0
  let dropped = 0
  let failed = false
  /** How often it was left alone since it last took something. */
  let pauses = 0
  let timer: NodeJS.Timeout | undefined
  let draining = false
  let closed = false

  const fail = (error: unknown) => {
    failed = true
    report(`the sink '${sink.name}' did not take a document: ${messageOf(error)}`)
  }
  const succeed = () => {
    failed = false
    pauses = 0
  }
  const take = (key: string) => {
    rows -= waiting.get(key)?.document.statuses.length ?? 0
    waiting.delete(key)
  }
  const put = (delivery: Delivery) => {
    take(delivery.key)
    waiting.set(delivery.key, delivery)
    rows += delivery.document.statuses.length
    while (waiting.size > MAX_WAITING || (rows > MAX_WAITING_ROWS && waiting.size > 1)) leaveOut()
  }
  const leaveOut = () => {
    dropped += 1
    report(
      `more than ${MAX_WAITING} documents, or ${MAX_WAITING_ROWS} rows, wait for the sink '${sink.name}'; the oldest are left out`,
    )
    for (const { key, final } of waiting.values()) if (!final) return take(key)
    for (const key of waiting.keys()) return take(key)
  }
  const track = (delivery: Delivery, answer: PromiseLike<void>) => {
    const settled = withPatience(answer)
      .then(succeed, (error: unknown) => {
        fail(error)
        if (!waiting.has(delivery.key)) put(delivery)
      })
      .then(() => {
        underway.delete(delivery.key)
        next()
      })
    underway.set(delivery.key, settled)
  }
  const next = () => {
    if (closed) return
    if (failed) return pause()
    for (const delivery of waiting.values()) {
      if (underway.size >= MAX_UNDERWAY) return
      if (underway.has(delivery.key)) continue
      take(delivery.key)
      if (hand(delivery)) continue
      put(delivery)
      return pause()
    }
  }
  const pause = () => {
    if (timer !== undefined || waiting.size === 0 || draining) return
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** pauses, LONGEST_PAUSE_MS)
    pauses += 1
    timer = setTimeout(() => {
      timer = undefined
      failed = false
      next()
    }, ms)
    timer.unref()
  }
  /** False when the sink refused at once. */
  const hand = (delivery: Delivery): boolean => {
    try {
      const answer = untraced(() => sink.write(delivery))
      if (isThenable(answer)) track(delivery, answer)
      else succeed()
      return true
    } catch (error) {
      fail(error)
      return false
    }
  }
  return {
    name: sink.name,
    offer(delivery) {
      if (closed) return false
      const busy = underway.size > 0 || waiting.size > 0
      if (!busy) return hand(delivery)
      put(delivery)
      next()
      return true
    },
    async drain(signal) {
      draining = true
      clearTimeout(timer)
      timer = undefined
      failed = false
      next()
      const stopped = aborted(signal)
      while (underway.size > 0 && !signal.aborted) await Promise.race([...underway.values(), stopped])
      draining = false
      next()
    },
    counts: () => ({ waiting: waiting.size + underway.size, dropped }),
    async close() {
      if (closed) return
      closed = true
      clearTimeout(timer)
      const left = new Set([...waiting.keys(), ...underway.keys()]).size
      if (left > 0) report(`${left} documents were not taken by the sink '${sink.name}'`)
      try {
        await untraced(() => sink.close?.())
      } catch (error) {
        report(`the sink '${sink.name}' could not be closed: ${messageOf(error)}`)
      }
    },
  }
}

function isThenable(value: unknown): value is PromiseLike<void> {
  return typeof (value as PromiseLike<void> | undefined)?.then === 'function'
}

function withPatience(answer: PromiseLike<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not answer within ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS)
    timer.unref()
  })
  return Promise.race([Promise.resolve(answer), late]).finally(() => clearTimeout(timer))
}
