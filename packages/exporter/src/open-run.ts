import {
  ATTR,
  compareNanos,
  createRunFold,
  kindOf,
  parseRunKey,
  type RunFold,
  type SpanRecord,
  toRunKey,
  UNKNOWN_NAME,
} from '@runspan/results/core'

/** A run whose records are kept: because it goes on, or because late spans may still come. */
export interface OpenRun {
  readonly fold: RunFold
  /** About how much memory its records take. */
  bytes: number
  /** The root's own record, once seen. */
  root: SpanRecord | undefined
  revision: number
  /** Something came that no written document says yet. */
  dirty: boolean
  /** `performance.now()` when its root ended; undefined while it runs. */
  endedAt: number | undefined
  /** `performance.now()` before which it is not written again. */
  writeAfter: number
  /** How often writing has failed in a row. */
  failures: number
}

/** Begins to keep a run's records; its running document waits until `writeAfter`. */
export function createOpenRun(key: string, writeAfter: number): OpenRun {
  return {
    fold: createRunFold(key),
    bytes: 0,
    root: undefined,
    revision: 0,
    dirty: false,
    endedAt: undefined,
    writeAfter,
    failures: 0,
  }
}

/** Takes a record into a run. Returns how many bytes more it takes; 0 when it said nothing new. */
export function addTo(run: OpenRun, record: SpanRecord, now: number): number {
  if (!run.fold.add(record)) return 0
  run.dirty = true
  const bytes = sizeOf(record)
  run.bytes += bytes
  if (toRunKey(record) === run.fold.key) {
    run.root = record
    if (record.phase === 'ended' || record.phase === 'interrupted') run.endedAt ??= now
  }
  return bytes
}

/** True for the group of a step that was called outside any run. */
export function isLoose(run: OpenRun): boolean {
  return run.root !== undefined && kindOf(run.root) !== 'run'
}

/** What the records of a process that stops say of everything in this run that has not ended. */
export function toInterrupted(run: OpenRun): SpanRecord[] {
  const left: SpanRecord[] = []
  for (const record of run.fold.records()) {
    if (record.phase !== 'ended' && record.phase !== 'interrupted') left.push(interrupted(record))
  }
  if (run.root === undefined) left.push(...missingRoot(run))
  return left
}

function interrupted(record: SpanRecord): SpanRecord {
  return { ...record, phase: 'interrupted', seq: record.seq + 1, status: 'error' }
}

/** A run whose root was never seen still gets a document that says it did not end. */
function missingRoot(run: OpenRun): SpanRecord[] {
  const ids = parseRunKey(run.fold.key)
  let start: string | undefined
  for (const record of run.fold.records()) {
    if (start === undefined || compareNanos(record.start, start) < 0) start = record.start
  }
  if (ids === undefined || start === undefined) return []
  const attributes = { [ATTR.kind]: 'run', [ATTR.runKey]: run.fold.key }
  return [
    {
      phase: 'interrupted',
      seq: 0,
      ...ids,
      parentSpanId: null,
      name: UNKNOWN_NAME,
      start,
      end: null,
      status: 'error',
      attributes,
    },
  ]
}

function sizeOf(record: SpanRecord): number {
  let bytes = 320 + record.name.length
  for (const value of Object.values(record.attributes)) bytes += typeof value === 'string' ? 24 + value.length : 24
  return bytes
}
