import type { TaskStatus as TaskStatusWord } from '../words/task-status.js'
import { TASK_STATUS } from '../words/task-status.js'
import { describeTransition, isTransition, nextWords, TASK_TRANSITIONS } from '../words/transitions.js'
import { parseWord, wordsOf } from '../words/vocabulary.js'

/** The six states of a task, by name. */
export const TaskStatus = Object.freeze({
  PENDING: 'pending',
  RUNNING: 'running',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
  TIMED_OUT: 'timed_out',
  FAILED: 'failed',
} as const satisfies { [Word in TaskStatusWord as Uppercase<Word>]: Word })

/** One of `pending running completed cancelled timed_out failed`. */
export type TaskStatus = TaskStatusWord

/** The six states, in their order. */
export const TASK_STATUSES: readonly TaskStatus[] = Object.freeze(wordsOf(TASK_STATUS).slice())

/** What each state means, in a few words. */
export const TASK_STATUS_DESCRIPTIONS = Object.freeze({
  pending: 'Waiting for execution',
  running: 'Running',
  completed: 'Completed',
  cancelled: 'Cancelled',
  timed_out: 'Execution timeout',
  failed: 'Execution failed',
} as const satisfies Record<TaskStatus, string>)

/**
 * Checks that a value is a task status.
 *
 * @throws ResultsError `unknown_word`, naming the six.
 */
export function parseTaskStatus(value: unknown): TaskStatus {
  return parseWord(TASK_STATUS, value)
}

/** The states that may follow a state; none after an end. */
export function nextTaskStatuses(from: TaskStatus): readonly TaskStatus[] {
  return nextWords(TASK_TRANSITIONS, from)
}

/** Whether a task may go from one state to another, in lines for a person to read. */
export function diagnoseTaskTransition(from: TaskStatus, to: TaskStatus): readonly string[] {
  const [first = '', ...rest] = describeTransition(TASK_TRANSITIONS, from, to)
  const mark = isTransition(TASK_TRANSITIONS, from, to) ? '✅' : '❌'
  return [`${mark} ${first}`, ...rest.map((line) => `   ${line}`)]
}
