import { toInterrupted } from './interrupt.js'
import type { OpenRun } from './open-run.js'
import { type Shelf, takeInto } from './shelf.js'

/** Ends what has not ended of a run as interrupted, for this reason; a root that was never seen is made up. */
export function interruptRun(shelf: Shelf, run: OpenRun, reason: string, now: number): void {
  run.orphan = run.root === undefined && !run.joined
  for (const record of toInterrupted(run.key, run.records.records(), !run.orphan, reason)) {
    takeInto(shelf, run, record, now)
    if (run.joined) shelf.keeper?.appendJoined(run.key, record)
    else shelf.keeper?.append(record)
  }
  run.endedAt ??= now
}
