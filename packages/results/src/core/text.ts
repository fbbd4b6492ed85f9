import type { DetailedDocument, StatusRow } from './document.js'
import { isNumericRunId, toOrdinalId } from './run-id.js'

/** Which form of a document to write. */
export interface TextOptions {
  /**
   * Everything that is known: the run, the tree of steps, the provenance; `statuses` stays first and the same.
   * @default false
   */
  detail?: boolean | undefined
  /**
   * For readers that take only numeric ids: when any `run_id` is no number, all rows are numbered anew in their order.
   * @default false
   */
  strict?: boolean | undefined
}

/** A document as text: UTF-8 JSON with two spaces of indent and no line end at its end. */
export function documentText(document: DetailedDocument, options: TextOptions = {}): string {
  const statuses = options.strict ? toStrictRows(document.statuses) : document.statuses
  return JSON.stringify(options.detail ? { ...document, statuses } : { statuses }, null, 2)
}

/** The same rows with ids that are all numbers; numbered anew, in order, only if one was not. */
export function toStrictRows(rows: readonly StatusRow[]): StatusRow[] {
  if (rows.every((row) => isNumericRunId(row.run_id))) return [...rows]
  return rows.map((row, index) => ({ ...row, run_id: toOrdinalId(index + 1) }))
}
