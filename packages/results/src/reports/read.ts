import { check, readSafely } from '../schemas/check.js'
import { reportSchema } from '../schemas/report.js'
import { toValue } from '../statuses/read.js'
import type { Report } from './report.js'

/**
 * Reads a report back: JSON text or its value, any `runspan.report/1`; keys not known here are left out.
 *
 * @throws ResultsError `invalid_json` or `invalid_document`, with the JSON path of the first fault.
 */
export function parseReport(input: unknown): Report {
  return readSafely('invalid_document', () =>
    check(reportSchema, toValue(input), { path: '$', code: 'invalid_document' }),
  )
}
