import type { SpanRecord } from './record.js'

/** Hears every record of a run as it happens, synchronously; what it throws is swallowed and counted. */
export type LiveListener = (record: SpanRecord) => void

const LISTENERS = Symbol.for('runspan.live/1')
const FAULTS = Symbol.for('runspan.live/1.faults')

interface LiveGlobal {
  [LISTENERS]?: Set<LiveListener>
  [FAULTS]?: number
}

let listeners: Set<LiveListener> | undefined

/** The set of listeners, one for the whole process however many copies of the package are installed. */
export function liveListeners(): Set<LiveListener> {
  if (listeners !== undefined) return listeners
  const shared = globalThis as LiveGlobal
  shared[LISTENERS] ??= new Set()
  listeners = shared[LISTENERS]
  return listeners
}

/** How often a listener has thrown since the process began. */
export function liveFaults(): number {
  return (globalThis as LiveGlobal)[FAULTS] ?? 0
}

/** Tells every listener. Never throws. */
export function publishLive(record: SpanRecord): void {
  for (const listener of liveListeners()) {
    try {
      listener(record)
    } catch {
      // A listener must not reach the user's code; the count is how its fault becomes known.
      const shared = globalThis as LiveGlobal
      shared[FAULTS] = (shared[FAULTS] ?? 0) + 1
    }
  }
}
