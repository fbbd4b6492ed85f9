import type { OutcomeWords, WordOf } from './vocabulary.js'
import { defineVocabulary } from './vocabulary.js'

const WORDS = {
  queued: 'pending',
  running: 'running',
  paused: 'running',
  success: 'completed',
  failed: 'failed',
  timed_out: 'timed_out',
  cancelled: 'cancelled',
  skipped: 'cancelled',
  retry: 'failed',
  interrupted: 'failed',
} as const satisfies OutcomeWords

/** The status of a task step's result; `success` and `error` are what its version 1.0 wrote. */
export const TASK_STATUS = defineVocabulary(
  'TaskStatus',
  WORDS,
  {
    pending: 'queued',
    running: 'running',
    completed: 'success',
    cancelled: 'cancelled',
    timed_out: 'timed_out',
    failed: 'failed',
  },
  { success: 'success', error: 'failed' },
)

/** One of `pending running completed cancelled timed_out failed`. */
export type TaskStatus = WordOf<typeof WORDS>
