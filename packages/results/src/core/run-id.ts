import { quote, ResultsError } from './results-error.js'

/** The longest `run_id`, in UTF-16 code units. */
export const MAX_RUN_ID = 256

const NUMERIC = /^[+-]?[0-9]+$/
// Python's white space, which the original trims around a number; U+FEFF and U+200B are not among it.
const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const SURROUNDING_SPACE = new RegExp(`^${SPACE}|${SPACE}$`, 'g')

/**
 * Forms the `run_id` of a row: a number is padded with zeros to four digits (its sign counts as one), any other text
 * stays as it is.
 *
 * @throws ResultsError `invalid_run_id` when the text is empty, only white space, or longer than {@link MAX_RUN_ID}.
 */
export function formatRunId(raw: string): string {
  if (raw.length > MAX_RUN_ID) {
    throw new ResultsError(
      'invalid_run_id',
      `run_id is ${raw.length} characters long; at most ${MAX_RUN_ID} are allowed.`,
    )
  }
  const text = raw.replace(SURROUNDING_SPACE, '')
  if (text === '') throw new ResultsError('invalid_run_id', `run_id is empty (${quote(raw)}); give a number or a name.`)
  return NUMERIC.test(text) ? padNumber(text) : raw
}

/** True when the text can be a `run_id`: not only white space, and no longer than {@link MAX_RUN_ID}. */
export function isRunId(raw: string): boolean {
  return raw.length <= MAX_RUN_ID && raw.replace(SURROUNDING_SPACE, '') !== ''
}

/** True when a `run_id` is a number, as a strict reader demands. */
export function isNumericRunId(raw: string): boolean {
  return NUMERIC.test(raw.replace(SURROUNDING_SPACE, ''))
}

/** The four-digit `run_id` of the n-th row. */
export function toOrdinalId(ordinal: number): string {
  return String(ordinal).padStart(4, '0')
}

function padNumber(text: string): string {
  const digits = text.replace(/^[+-]?0*/, '') || '0'
  if (text[0] === '-' && digits !== '0') return `-${digits.padStart(3, '0')}`
  return digits.padStart(4, '0')
}
