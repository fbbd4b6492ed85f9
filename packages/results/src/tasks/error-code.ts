import { ERROR_CATEGORY, type ErrorCategory } from '../core/error-code.js'
import { quote, ResultsError } from '../core/results-error.js'

/** The seven error codes of a task, by name. */
export const ErrorCode = Object.freeze({
  VALIDATION_ERROR: ERROR_CATEGORY.validation,
  TIMEOUT_ERROR: ERROR_CATEGORY.timeout,
  EXECUTION_ERROR: ERROR_CATEGORY.execution,
  CANCELLED_ERROR: ERROR_CATEGORY.cancelled,
  RETRY_EXHAUSTED: ERROR_CATEGORY.retryExhausted,
  DATABASE_ERROR: ERROR_CATEGORY.database,
  DSL_EVALUATION_ERROR: ERROR_CATEGORY.expression,
} as const)

/** One of `E001` to `E007`. */
export type ErrorCode = ErrorCategory

/** The seven codes, in their order. */
export const ERROR_CODES: readonly ErrorCode[] = Object.freeze(Object.values(ErrorCode))

/** Who has to act on an error. */
export type ErrorClass = 'client' | 'timeout' | 'execution' | 'system'

interface ErrorFacts {
  readonly description: string
  readonly class: ErrorClass
}

const FACTS = {
  [ErrorCode.VALIDATION_ERROR]: { description: 'Parameter validation error', class: 'client' },
  [ErrorCode.TIMEOUT_ERROR]: { description: 'Execution timeout error', class: 'timeout' },
  [ErrorCode.EXECUTION_ERROR]: { description: 'Execution error', class: 'execution' },
  [ErrorCode.CANCELLED_ERROR]: { description: 'Cancellation error', class: 'system' },
  [ErrorCode.RETRY_EXHAUSTED]: { description: 'Retry exhausted error', class: 'system' },
  [ErrorCode.DATABASE_ERROR]: { description: 'Database error', class: 'system' },
  [ErrorCode.DSL_EVALUATION_ERROR]: { description: 'DSL evaluation error', class: 'system' },
} as const satisfies Record<ErrorCode, ErrorFacts>

/** What a code means, in a few words. */
export function describeErrorCode(code: ErrorCode): string {
  return FACTS[code].description
}

/** Who has to act on an error with this code. */
export function errorClassOf(code: ErrorCode): ErrorClass {
  return FACTS[code].class
}

/** The codes of a class, in their order. */
export function errorCodesOf(errorClass: ErrorClass): readonly ErrorCode[] {
  return ERROR_CODES.filter((code) => FACTS[code].class === errorClass)
}

/** True for `E` and three digits, whether or not the code is one of the seven. */
export function isErrorCodeFormat(value: unknown): value is string {
  return typeof value === 'string' && /^E[0-9]{3}$/.test(value)
}

/**
 * Checks that a value is one of the seven codes.
 *
 * @throws ResultsError `unknown_word`, naming the seven.
 */
export function parseErrorCode(value: unknown): ErrorCode {
  const code = ERROR_CODES.find((known) => known === value)
  if (code !== undefined) return code
  throw new ResultsError(
    'unknown_word',
    `${quote(value)} is not a valid ErrorCode; use one of ${ERROR_CODES.join(', ')}.`,
  )
}

const CODES_BY_NAME: ReadonlyMap<string, ErrorCode> = new Map(
  Object.entries(ErrorCode).map(([name, code]) => [name.toLowerCase(), code]),
)

/**
 * The code of an error's name, such as `validation_error` or `VALIDATION_ERROR`.
 *
 * @throws ResultsError `unknown_word`, naming the names that exist.
 */
export function errorCodeByName(name: string): ErrorCode {
  const code = CODES_BY_NAME.get(name.toLowerCase())
  if (code !== undefined) return code
  const names = [...CODES_BY_NAME.keys()].join(', ')
  throw new ResultsError('unknown_word', `${quote(name)} is not the name of an error code; use one of ${names}.`)
}

/** Whether each code has the form of a code, in lines for a person to read. */
export function diagnoseErrorCodes(codes: Iterable<string> = ERROR_CODES): string[] {
  return Array.from(codes, (code) =>
    isErrorCodeFormat(code) ? `✅ Valid error code: ${code}` : `❌ Invalid error code format: ${code}`,
  )
}
