import type { DetailedDocument, StatusRow } from './document.js'
import { formatRunId, isNumericRunId, toOrdinalId } from './run-id.js'

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
  return options.detail ? JSON.stringify({ ...document, statuses }, null, 2) : rowsText(statuses)
}

/** Rows as a plain document's text: the bytes of `JSON.stringify({ statuses }, null, 2)`, in less time. */
export function rowsText(rows: readonly StatusRow[]): string {
  if (rows.length === 0) return '{\n  "statuses": []\n}'
  let text = '{\n  "statuses": [\n'
  let separator = '    {\n      "run_id": '
  for (const row of rows) {
    text += `${separator}${quoted(row.run_id)},
      "title": ${quoted(row.title)},
      "status": ${quoted(row.status)},
      "mode": ${quoted(row.mode)},
      "error_code": ${row.error_code},
      "error_message": ${quoted(row.error_message)},
      "target": ${quoted(row.target)},
      "stacktrace": ${quoted(row.stacktrace)}
    }`
    separator = ',\n    {\n      "run_id": '
  }
  return `${text}\n  ]\n}`
}

/** Text without quotes, backslashes, controls and surrogates is its own JSON. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/

function quoted(text: string | null): string {
  if (text === null) return 'null'
  return text.length < 200 && PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** The same rows with ids that are all padded numbers; numbered anew, in order, if one was no number. */
export function toStrictRows(rows: readonly StatusRow[]): StatusRow[] {
  const numeric = rows.every((row) => isNumericRunId(row.run_id))
  return rows.map((row, i) => ({ ...row, run_id: numeric ? formatRunId(row.run_id) : toOrdinalId(i + 1) }))
}
