import type { StatusRow } from '../core/document.js'
import { quote, ResultsError } from '../core/results-error.js'
import { rowsText, toStrictRows } from '../core/text.js'

/** How rows are written. */
export interface WriteOptions {
  /**
   * For readers that take numeric ids only: all rows are numbered anew when any id is no number.
   * @default false
   */
  strict?: boolean | undefined
}

/**
 * A document of these rows as text: `{"statuses": […]}`, two spaces of indent, keys in their fixed order, nulls
 * present, no line end at its end. Lone surrogates become U+FFFD.
 *
 * @throws ResultsError `invalid_value` for an `error_code` that is no whole number below 2^53.
 */
export function toJson(rows: Iterable<StatusRow>, options: WriteOptions = {}): string {
  const statuses = Array.from(options.strict ? toStrictRows([...rows]) : rows, toWritten)
  return rowsText(statuses)
}

function toWritten(row: StatusRow, index: number): StatusRow {
  return {
    run_id: row.run_id.toWellFormed(),
    title: row.title.toWellFormed(),
    status: row.status.toWellFormed(),
    mode: row.mode.toWellFormed(),
    error_code: toErrorCode(row.error_code, index),
    error_message: row.error_message?.toWellFormed() ?? null,
    target: row.target?.toWellFormed() ?? null,
    stacktrace: row.stacktrace?.toWellFormed() ?? null,
  }
}

/** A status can be changed after it was checked, and JSON would turn NaN into null and round a large number. */
function toErrorCode(code: number | null | undefined, index: number): number | null {
  if (code === null || code === undefined) return null
  if (Number.isSafeInteger(code)) return code
  const path = `$.statuses[${index}].error_code`
  throw new ResultsError('invalid_value', `${path} is ${quote(code)}; allowed is a whole number below 2^53, or null.`, {
    path,
  })
}
