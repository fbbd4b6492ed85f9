/** What went wrong in this package, as a literal that programs can switch on. */
export type ResultsErrorCode =
  | 'invalid_run_id'
  | 'invalid_record'
  | 'invalid_document'
  | 'invalid_json'
  | 'invalid_value'
  | 'unknown_word'
  | 'invalid_transition'
  | 'unknown_run'
  | 'unknown_task'
  | 'duplicate_run'

const BRAND = Symbol.for('runspan.ResultsError')

/** Every error this package throws: `code` says which, the message says what was wrong and what to do. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError'
  readonly code: ResultsErrorCode
  /** Where in the input, as a JSON path such as `$.statuses[3].title`; null when it is not about a document. */
  readonly path: string | null

  constructor(code: ResultsErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.path = options.path ?? null
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** True for a {@link ResultsError} of this or any other installed copy of the package. */
export function isResultsError(value: unknown): value is ResultsError {
  return value instanceof Error && (value as { [BRAND]?: unknown })[BRAND] === true
}

/** Shows a value in a message: short, in quotes, safe to print. */
export function quote(value: unknown, limit = 80): string {
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, limit + 1)) : describe(value)
  return text.length > limit + 2 ? `${text.slice(0, limit)}…` : text
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `${value.toString().slice(0, 40)}n`
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? `an array of ${value.length}` : 'an object'
    default:
      return `a ${typeof value}`
  }
}
