import { kindOf, type SpanRecord, toRunKey } from '@runspan/results/core'
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
    revision: 0,
    owed: [],
    endedAt: undefined,
    heardAt: now,
    writeAfter,
    heardOf: false,
    orphan: false,
    failures: 0,
  }
}

/** Takes a record into a run. Returns how many bytes more it takes; undefined when it said nothing new. */
export function addTo(run: OpenRun, record: SpanRecord, text: string | undefined, now: number): number | undefined {
  const more = run.records.add(record, text)
  if (more === undefined) return undefined
  run.heardAt = now
  const isRoot = run.key.endsWith(record.spanId) && toRunKey(record) === run.key
  if (isRoot) {
    run.root = record
    run.joined = false
    if (hasEnded(record)) run.endedAt ??= now
  }
  // What another process makes the document of need not stay here: it is in the journal that waits for it.
  const kept = run.joined && hasEnded(record) ? more - run.records.forget(record) : more
  run.bytes += kept
  return kept
}

/** True for the group of a step that was called outside any run. */
export function isLoose(run: OpenRun): boolean {
  return run.root !== undefined && kindOf(run.root) !== 'run'
}
