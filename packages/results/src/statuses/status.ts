import type { StatusRow } from '../core/document.js'
import type { Outcome } from '../core/outcome.js'
import { isResultsError, quote, ResultsError } from '../core/results-error.js'
import { readSafely } from '../schemas/check.js'
import { parseRow } from '../schemas/row.js'

/** The status words a caller is advised to keep to; any other text is accepted unless a check is asked for. */
export const VALID_STATUSES = [
  'success',
  'failed',
  'running',
  'queued',
  'cancelled',
] as const satisfies readonly Outcome[]

/** What a status is made of: four texts, and what may be known besides. */
export interface StatusFields extends Pick<StatusRow, 'run_id' | 'title' | 'status' | 'mode'> {
  error_code?: number | null | undefined
  error_message?: string | null | undefined
  target?: string | null | undefined
  stacktrace?: string | null | undefined
  /** The thrown value itself. It stays with the status in this process and is never exported. */
  exception?: unknown
}

const TEXT_LIMIT = 200
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/**
 * How one step of a run stands: a row of a document.
 *
 * @throws ResultsError `invalid_value` or `invalid_run_id`, with the path of the field.
 */
export class WorkflowExecutionStatus implements StatusRow {
  declare run_id: string
  declare title: string
  declare status: string
  declare mode: string
  declare error_code: number | null
  declare error_message: string | null
  declare target: string | null
  declare stacktrace: string | null
  /** The thrown value, if one was given; not enumerable, so no export shows it. */
  declare exception?: unknown

  constructor(fields: StatusFields) {
    readSafely('invalid_value', () => {
      Object.assign(this, parseRow(fields, { path: '$', code: 'invalid_value' }))
      if (fields.exception === undefined) return
      Object.defineProperty(this, 'exception', { value: fields.exception, writable: true, configurable: true })
    })
  }

  toString(): string {
    const fields = Object.entries(this).map(([key, value]) => `${key}: ${quote(value, TEXT_LIMIT)}`)
    return `WorkflowExecutionStatus(${fields.join(', ')})`
  }

  [INSPECT](): string {
    return this.toString()
  }
}

/** Makes a status of a row that has been checked already. */
export function toStatus(row: StatusRow): WorkflowExecutionStatus {
  return Object.assign(Object.create(WorkflowExecutionStatus.prototype), row)
}

/**
 * Makes a status, or null when a field is refused; the reason goes to `print` as one line.
 * An error of another kind is thrown on.
 */
export function safeCreateStatus(fields: StatusFields, print: (line: string) => void): WorkflowExecutionStatus | null {
  try {
    return new WorkflowExecutionStatus(fields)
  } catch (error) {
    if (!isResultsError(error)) throw error
    print(`Validation error creating status: ${error.message}`)
    return null
  }
}

/**
 * Refuses a status word that is not among the allowed ones.
 *
 * @throws ResultsError `unknown_word`, naming what is allowed.
 */
export function checkStatusWord(status: string, allowed: readonly string[] = VALID_STATUSES): void {
  if (allowed.includes(status)) return
  const words = allowed.map((word) => quote(word)).join(', ')
  throw new ResultsError('unknown_word', `status is ${quote(status)}; allowed are ${words}.`, { path: '$.status' })
}
