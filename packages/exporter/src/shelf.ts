import { type Origin, type SpanRecord, toRunKey } from '@runspan/results/core'
import type { FileLane } from './file-lane.js'
import type { ResultFiles } from './file-sink.js'
import type { FolderFaults } from './folder-faults.js'
import type { Keeper } from './journal/keeper.js'
import { readOwnDocument, toRecords } from './journal/unfold.js'
import type { Lane } from './lane.js'
import { addTo, createOpenRun, type OpenRun } from './open-run.js'
import type { Limits } from './results-options.js'

/** What an exporter or processor holds: its runs, where their documents go, and its counts. */
export interface Shelf {
  readonly origin: Origin
  /** Starts are seen too: then a run whose root was not seen is another process's, and a journal is kept. */
  readonly live: boolean
  readonly limits: Limits
  readonly lanes: readonly Lane[]
  readonly files: ResultFiles | undefined
  readonly fileLane: FileLane | undefined
  readonly faults: FolderFaults | undefined
  readonly keeper: Keeper | undefined
  readonly runs: Map<string, OpenRun>
  /** Runs that some lane is owed a document of, the one that has waited longest first. */
  readonly due: Set<OpenRun>
  /** Runs that were let go before their root was seen. */
  readonly givenUp: Set<string>
  readonly counts: { written: number; dropped: number; bytes: number; recovered: number }
  report(message: string): void
}

/** Begins to keep a run. */
export function openRun(shelf: Shelf, key: string, joined: boolean, now: number): OpenRun {
  const run = createOpenRun(key, joined, now, now + shelf.limits.firstAfterMs)
  shelf.runs.set(key, run)
  if (!joined && shelf.givenUp.delete(key)) takeBack(shelf, run, now)
  return run
}

/** Takes back what the document of a run says that was given up; a root that nobody had seen was made up. */
function takeBack(shelf: Shelf, run: OpenRun, now: number): void {
  const path = shelf.files?.pathOf(run.key)
  const document = path === undefined ? undefined : readOwnDocument(path, run.key)
  if (document === undefined) return
  run.revision = document.provenance.revision
  for (const record of toRecords(document)) {
    if (toRunKey(record) !== run.key) takeInto(shelf, run, record, now)
  }
}

/** Takes a record into a run; `known` is what the run has of its span. False when it says nothing new. */
export function takeInto(shelf: Shelf, run: OpenRun, record: SpanRecord, now: number, known?: SpanRecord): boolean {
  const more = addTo(run, record, now, known)
  if (more === undefined) return false
  shelf.counts.bytes += more
  if (run.owed !== shelf.lanes && shelf.lanes.length > 0) {
    run.owed = shelf.lanes
    shelf.due.add(run)
  }
  return true
}

/** Counts what is left out, and says why, once. */
export function leaveOut(shelf: Shelf, count: number, why: string): void {
  shelf.counts.dropped += count
  shelf.report(why)
}
