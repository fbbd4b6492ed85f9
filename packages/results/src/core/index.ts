// outcomes

export {
  fromSpanStatus,
  isFailure,
  isOutcome,
  isSuccess,
  isTerminal,
  isUnsuccessful,
  OUTCOME_WORDS,
  OUTCOMES,
  type Outcome,
  type SpanStatusCode,
  toSpanStatus,
} from './outcome.js'

// names

export { ATTR, isRecordedAttribute, type SpanKindWord } from './attributes.js'

// errors

export { DEFAULT_ERROR_CODE, ERROR_CATEGORY, type ErrorCategory, VALIDATION_ERROR_CODE } from './error-code.js'
export { isResultsError, quote, ResultsError, type ResultsErrorCode } from './results-error.js'
export { type SerializedError, serializeError } from './serialize-error.js'

// settings

export { readSwitch, type Switch, switchWords } from './switch.js'

// texts, ids, times

export { CUT_MARK, MAX_TEXT, toText } from './limits.js'
export { compareNanos, fromHrTime, toDurationMs, toIso } from './nanos.js'
export {
  configureRedaction,
  isSecretKey,
  REDACTED,
  type RedactionOptions,
  redactText,
  registerSecret,
} from './redact.js'
export { formatRunId, isNumericRunId, isRunId, MAX_RUN_ID, toOrdinalId } from './run-id.js'

// records

export { type LiveListener, liveFaults, liveListeners, publishLive } from './live.js'
export {
  kindOf,
  numberOf,
  type Phase,
  parseRunKey,
  type RecordValue,
  type SpanRecord,
  textOf,
  toRecordAttributes,
  toRunKey,
  winner,
} from './record.js'
export { fromSpan, isOurs, type SpanLike, toStatusCode } from './span-record.js'

// documents

export type { Origin } from './build.js'
export {
  type AttemptNode,
  type DetailedDocument,
  DOCUMENT_SCHEMA,
  type DocumentError,
  type Json,
  type Provenance,
  type ResultsDocument,
  type RunFacts,
  type StatusRow,
  type StepNode,
} from './document.js'
export {
  createFold,
  createRunFold,
  documentOf,
  type Fold,
  foldRuns,
  ownerOf,
  placeByParent,
  type RunFold,
  runKeysOf,
} from './fold.js'
export { DEFAULT_MODE, UNKNOWN_NAME } from './rows.js'
export { documentPieces, documentText, type TextOptions, toStrictRows } from './text.js'
