import { kindOf, type SpanRecord } from '@runspan/results/core'
import { hasEnded } from './interrupt.js'
import type { Lane } from './lane.js'
import { createRunRecords, type RunRecords } from './run-records.js'

/** A run whose records are kept: because it goes on, or because late spans may still come. */
export interface OpenRun {
  readonly key: string
  readonly records: RunRecords
  /** About how much memory its records take. */
  bytes: number
  /** The root's own record, once seen. */
  root: SpanRecord | undefined
  /** It is owned by another process, which makes its document; this one only keeps what it did for it. */
  joined: boolean
  /** It was never another process's: what this thread has told of it stands in its own journal. */
  readonly ownedFromStart: boolean
  revision: number
  /** The lanes that have not taken what is known by now. */
  owed: readonly Lane[]
  /** `performance.now()` when its root ended; undefined while it runs. */
  endedAt: number | undefined
  /** `performance.now()` when something new was last heard. */
  heardAt: number
  /** `performance.now()` before which it is not written again. */
  writeAfter: number
  /** Other processes have left something for it. */
  heardOf: boolean
  /** Its root was made up at the end, because nobody has seen it. */
  orphan: boolean
  /** The revision that is on its way to its file; 0 for none. */
  filing: number
  /** The journal says which file it has. */
  noted: boolean
  /** How often writing has failed in a row. */
  failures: number
}

/** Begins to keep a run's records; its running document waits until `writeAfter`. */
export function createOpenRun(key: string, joined: boolean, now: number, writeAfter: number): OpenRun {
  return {
    key,
    records: createRunRecords(key),
    bytes: 0,
    root: undefined,
    joined,
    ownedFromStart: !joined,
    revision: 0,
    owed: [],
    endedAt: undefined,
    heardAt: now,
    writeAfter,
    heardOf: false,
    orphan: false,
    filing: 0,
    noted: false,
    failures: 0,
  }
}

/** Takes a record into a run. Returns how many bytes more it takes; undefined when it said nothing new. */
export function addTo(run: OpenRun, record: SpanRecord, now: number, known?: SpanRecord): number | undefined {
  const more = run.records.add(record, known)
  if (more === undefined) return undefined
  run.heardAt = now
  if (isRootOf(run, record)) {
    run.root = record
    // One that was made up is put in its place again by what the real one says.
    if (record.phase !== 'interrupted') run.orphan = false
    run.joined = false
    if (hasEnded(record)) run.endedAt ??= now
  }
  // What another process makes the document of need not stay here: it is in the journal that waits for it.
  const kept = run.joined && hasEnded(record) ? more - run.records.forget(record) : more
  run.bytes += kept
  return kept
}

function isRootOf({ key }: OpenRun, { spanId, traceId }: SpanRecord): boolean {
  return key.endsWith(spanId) && key.startsWith(traceId)
}

/** True while a lane has not taken what is known, or has not yet put it where it goes. */
export function isOwing(run: OpenRun): boolean {
  return run.owed.length > 0 || run.filing > 0
}

/** True for the group of a step that was called outside any run. */
export function isLoose(run: OpenRun): boolean {
  return run.root !== undefined && kindOf(run.root) !== 'run'
}
