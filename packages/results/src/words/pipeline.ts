import type { OutcomeWords, WordOf } from './vocabulary.js'
import { defineVocabulary } from './vocabulary.js'

const RUN_WORDS = {
  queued: 'pending',
  running: 'running',
  paused: 'paused',
  success: 'completed',
  failed: 'failed',
  timed_out: 'failed',
  cancelled: 'cancelled',
  skipped: 'cancelled',
  retry: 'failed',
  interrupted: 'failed',
} as const satisfies OutcomeWords

/** The status of a pipeline's execution. */
export const PIPELINE_STATUS = defineVocabulary('PipelineStatus', RUN_WORDS, {
  pending: 'queued',
  running: 'running',
  paused: 'paused',
  completed: 'success',
  failed: 'failed',
  cancelled: 'cancelled',
})

/** One of `pending running paused completed failed cancelled`. */
export type PipelineStatus = WordOf<typeof RUN_WORDS>

const TASK_WORDS = {
  queued: 'pending',
  running: 'running',
  paused: 'running',
  success: 'completed',
  failed: 'failed',
  timed_out: 'failed',
  cancelled: 'skipped',
  skipped: 'skipped',
  retry: 'failed',
  interrupted: 'failed',
} as const satisfies OutcomeWords

/** The status of a task inside a pipeline's execution. */
export const PIPELINE_TASK_STATUS = defineVocabulary('pipeline task status', TASK_WORDS, {
  pending: 'queued',
  running: 'running',
  completed: 'success',
  failed: 'failed',
  skipped: 'skipped',
})

/** One of `pending running completed failed skipped`. */
export type PipelineTaskStatus = WordOf<typeof TASK_WORDS>
