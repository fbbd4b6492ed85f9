import type { StatusRow } from '../core/document.js'

/** The rows of a run: a document, a manager, or any iterable of rows. */
export type RowSource = Iterable<StatusRow> | { readonly statuses: Iterable<StatusRow> }

/** The rows of a source, gone over once. */
export function rowsOf(source: RowSource): Iterable<StatusRow> {
  return 'statuses' in source ? source.statuses : source
}

/** The rows of many runs, one run after the other. */
export function* rowsOfAll(sources: Iterable<RowSource>): Iterable<StatusRow> {
  for (const source of sources) yield* rowsOf(source)
}
