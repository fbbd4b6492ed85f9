import { documentText, foldRuns, formatRunId, isFailure, serializeError } from '@runspan/results/core'
import { recordsOf } from './records.js'

const [document] = foldRuns(recordsOf(1))
const { type, message, code } = serializeError(new RangeError('too far', { cause: 'the map' }))

export const answer = {
  id: formatRunId('7'),
  text: document === undefined ? '' : documentText(document, { detail: true }),
  failed: document?.statuses.filter(({ status }) => isFailure(status)).map(({ title }) => title),
  error: { type, message, code },
}
