import { ATTR, compareNanos, parseRunKey, type SpanRecord, UNKNOWN_NAME } from '@runspan/results/core'

/** True when nothing more is expected of a span: it ended, or the process that had it is gone. */
export function hasEnded(record: SpanRecord): boolean {
  return record.phase === 'ended' || record.phase === 'interrupted'
}

/** Why a span did not end whose process is found to be gone. */
export const PROCESS_DIED = 'its process died while this was running'

/** The same record, of a span that nobody is there to end any more. */
export function interrupt(record: SpanRecord, reason: string): SpanRecord {
  if (hasEnded(record)) return record
  const attributes = { ...record.attributes, [ATTR.outcomeReason]: reason }
  return { ...record, phase: 'interrupted', seq: record.seq + 1, status: 'error', attributes }
}

/** What is to be said of everything that has not ended, once nobody is there to end it. */
export function toInterrupted(
  key: string,
  records: Iterable<SpanRecord>,
  rootKnown: boolean,
  reason: string,
): SpanRecord[] {
  const left: SpanRecord[] = []
  let start: string | undefined
  for (const record of records) {
    if (!hasEnded(record)) left.push(interrupt(record, reason))
    if (start === undefined || compareNanos(record.start, start) < 0) start = record.start
  }
  return rootKnown || start === undefined ? left : [...left, ...missingRoot(key, start)]
}

/** A run whose root was never seen still gets a document that says it did not end. */
function missingRoot(key: string, start: string): SpanRecord[] {
  const ids = parseRunKey(key)
  if (ids === undefined) return []
  const attributes = { [ATTR.kind]: 'run', [ATTR.runKey]: key }
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
