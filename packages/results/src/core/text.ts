import type { DetailedDocument, ResultsDocument, StatusRow } from './document.js'
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

/** All that a plain document has, in this order, whatever else its rows may hold. */
const PLAIN_KEYS: (keyof ResultsDocument | keyof StatusRow)[] = [
  'statuses',
  'run_id',
  'title',
  'status',
  'mode',
  'error_code',
  'error_message',
  'target',
  'stacktrace',
]

/** A document as text: UTF-8 JSON with two spaces of indent and no line end at its end. */
export function documentText(document: DetailedDocument, options: TextOptions = {}): string {
  return JSON.stringify(toForm(document, options), keysOf(options), 2)
}

/** Rows as a plain document's text. */
export function rowsText(rows: readonly StatusRow[]): string {
  return JSON.stringify({ statuses: rows }, PLAIN_KEYS, 2)
}

function keysOf({ detail }: TextOptions): string[] | null {
  return detail ? null : PLAIN_KEYS
}

/**
 * The text of a document in pieces of about 64 kB, each made when it is asked for, so that a writer can let others in
 * between; a step is in one piece with all that is below it.
 */
export function* documentPieces(document: DetailedDocument, options: TextOptions = {}): Iterable<string> {
  let piece = ''
  for (const part of partsOf(toForm(document, options), keysOf(options))) {
    piece += part
    if (piece.length < PIECE_LENGTH) continue
    yield piece
    piece = ''
  }
  yield `${piece}\n}`
}

const PIECE_LENGTH = 65_536

/** So many rows or steps at once make few calls, and are still short beside a piece. */
const PART_SIZE = 25

/** The text of a document but for its last line: a key at a time, a long list in parts. */
function* partsOf(form: object, keys: string[] | null): Iterable<string> {
  let separator = '{'
  for (const [key, value] of Object.entries(form)) {
    if (value === undefined) continue
    const length = Array.isArray(value) ? Math.max(1, value.length) : 1
    for (let i = 0; i < length; i += PART_SIZE) {
      const part = length > PART_SIZE ? value.slice(i, i + PART_SIZE) : value
      const text = JSON.stringify({ [key]: part }, keys, 2)
      // What stands around the part is left out where another part of the same list comes before or after it.
      const start = i === 0 ? 1 : `{\n  ${JSON.stringify(key)}: [`.length
      const end = i + PART_SIZE < length ? '\n  ]\n}'.length : '\n}'.length
      yield separator + text.slice(start, -end)
      separator = ','
    }
  }
}

function toForm(document: DetailedDocument, options: TextOptions): ResultsDocument {
  const statuses = options.strict ? toStrictRows(document.statuses) : document.statuses
  return options.detail ? { ...document, statuses } : { statuses }
}

/** The same rows with ids that are all padded numbers; numbered anew, in order, if one was no number. */
export function toStrictRows(rows: readonly StatusRow[]): StatusRow[] {
  const numeric = rows.every((row) => isNumericRunId(row.run_id))
  return rows.map((row, i) => ({ ...row, run_id: numeric ? formatRunId(row.run_id) : toOrdinalId(i + 1) }))
}
