import type { PipelineStatus as StatusWord, PipelineTaskStatus as TaskWord } from '../words/pipeline.js'

/** The six states of an execution, by name. */
export const PipelineStatus = Object.freeze({
  PENDING: 'pending',
  RUNNING: 'running',
  PAUSED: 'paused',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
} as const satisfies { [Word in StatusWord as Uppercase<Word>]: Word })

/** One of `pending running paused completed failed cancelled`. */
export type PipelineStatus = StatusWord

/** The five states of a task in an execution, by name. */
export const PipelineTaskStatus = Object.freeze({
  PENDING: 'pending',
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  SKIPPED: 'skipped',
} as const satisfies { [Word in TaskWord as Uppercase<Word>]: Word })

/** One of `pending running completed failed skipped`. */
export type PipelineTaskStatus = TaskWord
