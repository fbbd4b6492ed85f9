import type { Delivery, Sink } from './sink.js'

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
  close(): Promise<void>
}

/** Documents that may wait for a sink that needs time. */
const MAX_WAITING = 1_000
const MAX_UNDERWAY = 8
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
/** A sink that has not answered by then has failed. */
const PATIENCE_MS = 30_000

/** The lane of a sink that takes documents by its `write` alone. */
export function createLane(sink: Sink, report: (message: string) => void): Lane {
  const waiting = new Map<string, Delivery>()
  const underway = new Map<string, Promise<void>>()
  let dropped = 0
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let draining = false

  const fail = (error: unknown) => {
    failures += 1
    report(`the sink '${sink.name}' did not take a document: ${messageOf(error)}`)
  }
  const put = (delivery: Delivery) => {
    waiting.delete(delivery.key)
    waiting.set(delivery.key, delivery)
    if (waiting.size <= MAX_WAITING) return
    dropped += 1
    report(`more than ${MAX_WAITING} documents wait for the sink '${sink.name}'; the oldest are left out`)
    const oldest = [...waiting.values()].find((one) => !one.final)?.key ?? waiting.keys().next().value
    if (oldest !== undefined) waiting.delete(oldest)
  }
  const track = (delivery: Delivery, answer: PromiseLike<void>) => {
    const settled = withPatience(answer)
      .then(
        () => {
          failures = 0
        },
        (error: unknown) => {
          fail(error)
          if (!waiting.has(delivery.key)) put(delivery)
        },
      )
      .then(() => {
        underway.delete(delivery.key)
        next()
      })
    underway.set(delivery.key, settled)
  }
  const next = () => {
    if (failures > 0) {
      pause()
      return
    }
    for (const delivery of waiting.values()) {
      if (underway.size >= MAX_UNDERWAY) return
      if (underway.has(delivery.key)) continue
      waiting.delete(delivery.key)
      if (!hand(delivery)) put(delivery)
    }
  }
  const pause = () => {
    if (timer !== undefined || waiting.size === 0 || draining) return
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS)
    timer = setTimeout(() => {
      timer = undefined
      failures = 0
      next()
    }, ms)
    timer.unref()
  }
  /** False when the sink refused at once. */
  const hand = (delivery: Delivery): boolean => {
    try {
      const answer = sink.write(delivery)
      if (isThenable(answer)) track(delivery, answer)
      return true
    } catch (error) {
      fail(error)
      return false
    }
  }
  return {
    name: sink.name,
    offer(delivery) {
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
      failures = 0
      next()
      const stopped = aborted(signal)
      while (underway.size > 0 && !signal.aborted) await Promise.race([...underway.values(), stopped])
      draining = false
      next()
    },
    counts: () => ({ waiting: waiting.size + underway.size, dropped }),
    async close() {
      clearTimeout(timer)
      if (waiting.size > 0) report(`${waiting.size} documents were not taken by the sink '${sink.name}'`)
      await sink.close?.()
    },
  }
}

/** Resolves when the signal says to stop. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
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
