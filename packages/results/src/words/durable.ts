import type { OutcomeWords, WordOf } from './vocabulary.js'
import { defineVocabulary } from './vocabulary.js'

const RUN_WORDS = {
  queued: 'pending',
  running: 'running',
  paused: 'running',
  success: 'completed',
  failed: 'failed',
  timed_out: 'failed',
  cancelled: 'cancelled',
  skipped: 'cancelled',
  retry: 'failed',
  interrupted: 'failed',
} as const satisfies OutcomeWords

/** The status of a workflow run kept in a durable queue's tables. */
export const WORKFLOW_RUN_STATUS = defineVocabulary('workflow run status', RUN_WORDS, {
  pending: 'queued',
  running: 'running',
  completed: 'success',
  failed: 'failed',
  cancelled: 'cancelled',
})

/** One of `pending running completed failed cancelled`. */
export type WorkflowRunStatus = WordOf<typeof RUN_WORDS>

const TASK_WORDS = {
  queued: 'pending',
  running: 'running',
  paused: 'sleeping',
  success: 'completed',
  failed: 'failed',
  // The queue cancels by policy what takes too long.
  timed_out: 'cancelled',
  cancelled: 'cancelled',
  skipped: 'cancelled',
  retry: 'failed',
  interrupted: 'failed',
} as const satisfies OutcomeWords

/** The state of a task in an Absurd queue. */
export const ABSURD_TASK_STATE = defineVocabulary('Absurd task state', TASK_WORDS, {
  pending: 'queued',
  running: 'running',
  sleeping: 'paused',
  completed: 'success',
  failed: 'failed',
  cancelled: 'cancelled',
})

/** One of `pending running sleeping completed failed cancelled`. */
export type AbsurdTaskState = WordOf<typeof TASK_WORDS>
