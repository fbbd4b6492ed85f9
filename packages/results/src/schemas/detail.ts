import * as z from 'zod/mini'
import { DOCUMENT_SCHEMA, type Json } from '../core/document.js'
import { OUTCOME_WORDS } from '../core/outcome.js'
import { isJson, MAX_JSON_DEPTH } from './json-value.js'

const TIME = /^([+-]\d\d)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/
const TIME_WORDS = 'a time in UTC such as "2026-11-21T09:30:00.000000000Z"'

export const text = z.string({ error: 'a string' })
export const textOrNull = z.nullable(z.string({ error: 'a string or null' }))
export const time = z.string({ error: TIME_WORDS }).check(z.regex(TIME, { error: TIME_WORDS }))
export const timeOrNull = z.nullable(time)
const integerOrNull = z.nullable(z.int({ error: 'a whole number or null' }))
export const numberOrNull = z.nullable(z.number({ error: 'a finite number or null' }))
export const count = z.int({ error: 'a whole number' }).check(z.nonnegative({ error: 'a number from 0' }))
export const outcome = z.enum(OUTCOME_WORDS)
export const json = z.custom<Json>(isJson, { error: `a JSON value, at most ${MAX_JSON_DEPTH} deep` })

export const error = z.nullable(
  z.object({
    type: textOrNull,
    code: integerOrNull,
    category: textOrNull,
    message: textOrNull,
    stacktrace: textOrNull,
  }),
)

const stood = { outcome, reason: textOrNull }
const timed = { started_at: time, ended_at: timeOrNull, duration_ms: numberOrNull }
const captured = { inputs: json, outputs: json, warnings: z.array(json), error }

const attemptSchema = z.object({ span_id: text, attempt: numberOrNull, ...stood, ...timed, error })

// The order of keys is the order in which they are written, so that what was read and is written again is the same text.

/** The keys of a step without the steps below it, which a reader walks by itself: a tree may be deep. */
export const stepShape = {
  span_id: text,
  run_id: text,
  kind: z.enum(['step', 'run']),
  name: text,
  title: text,
  ...stood,
  mode: text,
  target: textOrNull,
  tags: json,
  ordinal: integerOrNull,
  in_attempt: numberOrNull,
  progress: numberOrNull,
  ...timed,
  ...captured,
  attempts: z.array(attemptSchema),
}

export const stepSchema = z.object({ ...stepShape, steps: z.array(z.unknown()) })

const runSchema = z.object({
  key: text,
  id: textOrNull,
  name: text,
  title: text,
  version: textOrNull,
  ...stood,
  mode: text,
  target: textOrNull,
  tags: json,
  progress: numberOrNull,
  ...timed,
  started_at: timeOrNull,
  trace_id: text,
  parent: z.nullable(z.object({ run_key: text, span_id: textOrNull })),
  ...captured,
})

const provenanceSchema = z.object({
  road: z.nullable(z.enum(['process', 'otlp'])),
  revision: count,
  recovered: z.boolean(),
  sampled: z.nullable(z.boolean()),
  dropped: count,
  contradictions: count,
})

/** What stands beside `statuses` and `steps` in a detailed document. */
export const detailShape = { schema: z.literal(DOCUMENT_SCHEMA), run: runSchema, provenance: provenanceSchema }

export const detailSchema = z.object({ ...detailShape, steps: z.array(z.unknown()) })
