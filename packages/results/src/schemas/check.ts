import * as z from 'zod/mini'
import { quote, ResultsError, type ResultsErrorCode } from '../core/results-error.js'

/** Where a value stands in what was given, and the error that it leads to when it is refused. */
export interface Place {
  /** A JSON path such as `$.statuses[3]`. */
  readonly path: string
  readonly code: ResultsErrorCode
}

/** What zod says when a schema has no words of its own. */
const NO_WORDS = 'Invalid input'

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number up to 2^53',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
}

/**
 * Gives the value in the form of the schema, or throws. The only place where zod's issues become our error; the
 * `error` text of a schema says what is allowed there.
 *
 * @throws ResultsError with the code of the place.
 */
export function check<T extends z.ZodMiniType>(schema: T, input: unknown, place: Place): z.output<T> {
  const result = z.safeParse(schema, input)
  if (result.success) return result.data
  throw toResultsError(result.error.issues, input, place)
}

/** Runs a reader over a value from outside: a getter or proxy that throws becomes an error of ours. */
export function readSafely<T>(code: ResultsErrorCode, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof ResultsError) throw cause
    throw new ResultsError(
      code,
      'The value cannot be read: one of its properties throws. Give plain data or JSON text.',
      {
        path: '$',
        cause,
      },
    )
  }
}

function toResultsError(issues: readonly z.core.$ZodIssue[], input: unknown, place: Place): ResultsError {
  const [first] = issues as [z.core.$ZodIssue]
  const path = place.path + toPath(first.path)
  const value = valueAt(input, first.path)
  const found = value === undefined ? 'is missing' : `is ${quote(value)}`
  const others = issues.slice(1, 4).map((issue) => place.path + toPath(issue.path))
  const more = issues.length > 4 ? ` and ${issues.length - 4} more` : ''
  const also = others.length === 0 ? '' : ` Also refused: ${others.join(', ')}${more}.`
  return new ResultsError(place.code, `${path} ${found}; allowed is ${allowed(first)}.${also}`, { path })
}

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.message !== NO_WORDS) return issue.message
  if (issue.code === 'invalid_value') return issue.values.map((value) => quote(value)).join(', ')
  return (issue.code === 'invalid_type' && EXPECTED[issue.expected]) || 'a value of the published schema'
}

function toPath(keys: readonly PropertyKey[]): string {
  return keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
}

function valueAt(input: unknown, keys: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of keys) value = (value as Record<PropertyKey, unknown>)[key]
  return value
}
