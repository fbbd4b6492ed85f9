import type { OutcomeWords, WordOf } from './vocabulary.js'
import { defineVocabulary } from './vocabulary.js'

const ACTIONS_WORDS = {
  queued: 'queued',
  running: 'in_progress',
  paused: 'waiting',
  success: 'success',
  failed: 'failure',
  timed_out: 'timed_out',
  cancelled: 'cancelled',
  skipped: 'skipped',
  retry: 'failure',
  interrupted: 'stale',
} as const satisfies OutcomeWords

/** GitHub Actions' status and conclusion of a run or job, as one word. */
export const ACTIONS_STATUS = defineVocabulary(
  'GitHub Actions status',
  ACTIONS_WORDS,
  {
    queued: 'queued',
    in_progress: 'running',
    waiting: 'paused',
    success: 'success',
    failure: 'failed',
    timed_out: 'timed_out',
    cancelled: 'cancelled',
    skipped: 'skipped',
    stale: 'interrupted',
  },
  { requested: 'queued', pending: 'queued', action_required: 'paused', neutral: 'success', startup_failure: 'failed' },
)

/** One of `queued in_progress waiting success failure timed_out cancelled skipped stale`. */
export type ActionsStatus = WordOf<typeof ACTIONS_WORDS>

const NEEDS_WORDS = {
  queued: null,
  running: null,
  paused: null,
  success: 'success',
  failed: 'failure',
  timed_out: 'failure',
  cancelled: 'cancelled',
  skipped: 'skipped',
  retry: 'failure',
  interrupted: 'failure',
} as const satisfies OutcomeWords

/** `needs.<job>.result` in a GitHub Actions expression; a job that has not ended has none. */
export const NEEDS_RESULT = defineVocabulary('needs result', NEEDS_WORDS, {
  success: 'success',
  failure: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
})

/** One of `success failure cancelled skipped`. */
export type NeedsResult = WordOf<typeof NEEDS_WORDS>

const CICD_WORDS = {
  queued: null,
  running: null,
  paused: null,
  success: 'success',
  failed: 'failure',
  timed_out: 'timeout',
  cancelled: 'cancellation',
  skipped: 'skip',
  retry: 'failure',
  // OpenTelemetry's `error` is a fault of the machinery, such as a killed worker, not of the work.
  interrupted: 'error',
} as const satisfies OutcomeWords

/** OpenTelemetry's result of a CI/CD pipeline run; one that has not ended has none. */
export const CICD_RESULT = defineVocabulary('CI/CD pipeline result', CICD_WORDS, {
  success: 'success',
  failure: 'failed',
  error: 'interrupted',
  timeout: 'timed_out',
  cancellation: 'cancelled',
  skip: 'skipped',
})

/** One of `success failure error timeout cancellation skip`. */
export type CicdResult = WordOf<typeof CICD_WORDS>

const JUNIT_WORDS = {
  queued: null,
  running: null,
  paused: null,
  success: 'passed',
  failed: 'failure',
  timed_out: 'error',
  cancelled: 'skipped',
  skipped: 'skipped',
  // Another attempt followed: it must not turn a report red.
  retry: 'skipped',
  interrupted: 'error',
} as const satisfies OutcomeWords

/** What stands inside a JUnit test case: nothing when it passed, else an element of this name. */
export const JUNIT_RESULT = defineVocabulary('JUnit result', JUNIT_WORDS, {
  passed: 'success',
  failure: 'failed',
  error: 'interrupted',
  skipped: 'skipped',
})

/** One of `passed failure error skipped`. */
export type JunitResult = WordOf<typeof JUNIT_WORDS>
