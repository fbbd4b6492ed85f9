import { kindOf, runKeysOf, type SpanRecord, toRunKey } from '@runspan/results/core'

/** The shelf of the spans of a trace that name no run: which run they belong to shows when they are read. */
const SHELF_PREFIX = 'trace:'

export function toShelf(traceId: string): string {
  return `${SHELF_PREFIX}${traceId}`
}

/**
 * The runs a record is kept under: its run's key, for a run inside a run its own key too, and for a span that names no
 * run the shelf of its trace.
 */
export function toHomes(record: SpanRecord): readonly string[] {
  return runKeysOf(record) ?? [toShelf(record.traceId)]
}

/**
 * What stands under a home: a run that people look for, a run inside another, a step outside any run, or spans whose
 * beginning has not come yet. Only the first and the last are listed.
 */
export type Place = 'outer' | 'nested' | 'step' | 'unknown' | 'shelf'

export function toPlace(home: string, root: SpanRecord | undefined): Place {
  if (home.startsWith(SHELF_PREFIX)) return 'shelf'
  if (root === undefined) return 'unknown'
  if (kindOf(root) !== 'run') return 'step'
  return (runKeysOf(root)?.length ?? 1) > 1 ? 'nested' : 'outer'
}

/** The record of the run's own span, when it is among these. */
export function findRoot(home: string, records: readonly SpanRecord[]): SpanRecord | undefined {
  return records.find((record) => home.endsWith(record.spanId) && toRunKey(record) === home)
}
