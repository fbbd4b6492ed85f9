import * as z from 'zod/mini'
import { OUTCOME_WORDS, type Outcome } from '../core/outcome.js'
import { REPORT_SCHEMA, type Report } from '../reports/report.js'
import { count, error, json, numberOrNull, outcome, text, textOrNull, time, timeOrNull } from './detail.js'

const counts = z.object(Object.fromEntries(OUTCOME_WORDS.map((word) => [word, count])) as Record<Outcome, typeof count>)
const lasted = { offset_ms: numberOrNull, duration_ms: numberOrNull }
const names = z.array(text)

const attempt = z.object({ attempt: numberOrNull, outcome, ...lasted, error })

const step = z.object({
  span_id: textOrNull,
  run_id: text,
  kind: z.enum(['step', 'run']),
  depth: count,
  name: text,
  title: text,
  outcome,
  reason: textOrNull,
  target: textOrNull,
  ...lasted,
  children: count,
  failed_itself: z.boolean(),
  warnings: z.array(json),
  error,
  attempts: z.array(attempt),
})

const failurePoint = z.object({
  path: names,
  span_id: text,
  run_id: text,
  title: text,
  outcome,
  attempts: count,
  handled: z.boolean(),
  started_at: time,
  error,
})

const criticalShare = z.object({
  path: names,
  span_id: textOrNull,
  duration_ms: z.number(),
  share: z.number().check(z.minimum(0), z.maximum(1)),
})

const run = z.object({
  key: textOrNull,
  id: textOrNull,
  name: text,
  title: text,
  version: textOrNull,
  outcome,
  reason: textOrNull,
  target: textOrNull,
  started_at: timeOrNull,
  ended_at: timeOrNull,
  duration_ms: numberOrNull,
  trace_id: textOrNull,
  warnings: z.array(json),
  error,
  counts,
  retries: count,
  first_failure: z.nullable(failurePoint),
  critical: z.array(criticalShare),
  steps: z.array(step),
  dropped: count,
  recovered: z.boolean(),
})

/** A report, as {@link Report} describes it: the two cannot drift apart, or this does not compile. */
export const reportSchema: z.ZodMiniType<Report> = z.object({
  schema: z.literal(REPORT_SCHEMA),
  title: text,
  runs: z.array(run),
  counts,
  failed: z.boolean(),
})
