import * as z from 'zod/mini'
import type { StatusRow } from '../core/document.js'
import { quote, ResultsError } from '../core/results-error.js'
import { formatRunId, MAX_RUN_ID } from '../core/run-id.js'
import { check, type Place } from './check.js'

const RUN_ID = `a number or a name of 1 to ${MAX_RUN_ID} characters`
const CODE = 'a whole number from -(2^53 - 1) to 2^53 - 1, or null'

/** Digits as the original's lax reader takes them in text: with a sign, spaces around, `_` between. */
const INTEGER_TEXT = /^[+-]?[0-9]+(_[0-9]+)*$/

const text = z.string({ error: 'a string' })
const optionalText = z._default(z.nullable(z.string({ error: 'a string or null' })), null)

/** The fields of one row: read leniently, given back in the one form that is written. */
export const rowSchema = z.object(
  {
    run_id: z.string({ error: RUN_ID }),
    title: text,
    status: text,
    mode: text,
    error_code: z.pipe(z.transform(toInteger), z.nullable(z.int({ error: CODE }))),
    error_message: optionalText,
    target: optionalText,
    stacktrace: optionalText,
  },
  { error: 'an object with run_id, title, status and mode' },
)

/**
 * Reads one row: unknown keys are left out, missing optional ones become null, `run_id` gets its form.
 *
 * @throws ResultsError with the code of the place, or `invalid_run_id`.
 */
export function parseRow(input: unknown, place: Place): StatusRow {
  const row = check(rowSchema, input, place)
  refuseException(input as object, place)
  row.run_id = parseRunId(row.run_id, `${place.path}.run_id`)
  return row
}

function parseRunId(raw: string, path: string): string {
  try {
    return formatRunId(raw)
  } catch (cause) {
    throw new ResultsError('invalid_run_id', `${path} is ${quote(raw)}; allowed is ${RUN_ID}.`, { path, cause })
  }
}

/** The original keeps a live exception under this key and refuses to read one back; so do we. */
function refuseException(input: object, place: Place): void {
  const { exception_object: exception } = input as { exception_object?: unknown }
  if (exception === undefined || exception === null) return
  const path = `${place.path}.exception_object`
  throw new ResultsError(place.code, `${path} is ${quote(exception)}; allowed is null, or no such key.`, { path })
}

function toInteger(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return null
    case 'boolean':
      return Number(value)
    case 'number':
      return value === 0 ? 0 : value
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
    case 'string':
      return INTEGER_TEXT.test(value.trim()) ? Number(value.trim().replaceAll('_', '')) : value
    default:
      return value
  }
}
