import { ResultsError } from '../core/results-error.js'
import type { WorkflowRunStatus } from './durable.js'
import type { PipelineStatus, PipelineTaskStatus } from './pipeline.js'
import type { TaskStatus } from './task-status.js'

/** Which word may follow which. */
export type Transitions<Word extends string> = Readonly<Record<Word, readonly Word[]>>

/** Whether an impossible transition is refused (`strict`) or taken as it comes (`lenient`). */
export type TransitionMode = 'strict' | 'lenient'

/** A task runs once, and ends once. */
export const TASK_TRANSITIONS = {
  pending: ['running'],
  running: ['completed', 'failed', 'timed_out', 'cancelled'],
  completed: [],
  cancelled: [],
  timed_out: [],
  failed: [],
} as const satisfies Transitions<TaskStatus>

/** A row may skip `running`, and its end may be written again with more details. */
export const WORKFLOW_RUN_TRANSITIONS = {
  pending: ['pending', 'running', 'completed', 'failed', 'cancelled'],
  running: ['running', 'completed', 'failed', 'cancelled'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
} as const satisfies Transitions<WorkflowRunStatus>

/** A run that was paused goes on or ends; tasks under way may end it meanwhile. */
export const PIPELINE_TRANSITIONS = {
  pending: ['running', 'failed', 'cancelled'],
  running: ['paused', 'completed', 'failed', 'cancelled'],
  paused: ['running', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
} as const satisfies Transitions<PipelineStatus>

/** A task may be reported only once it has ended. */
export const PIPELINE_TASK_TRANSITIONS = {
  pending: ['running', 'completed', 'failed', 'skipped'],
  running: ['completed', 'failed', 'skipped'],
  completed: [],
  failed: [],
  skipped: [],
} as const satisfies Transitions<PipelineTaskStatus>

/** The words that may follow a word; none after an end. */
export function nextWords<Word extends string>(transitions: Transitions<Word>, from: Word): readonly Word[] {
  return transitions[from]
}

/** True when the one word may follow the other. */
export function isTransition<Word extends string>(transitions: Transitions<Word>, from: Word, to: Word): boolean {
  return transitions[from].includes(to)
}

/**
 * Refuses a transition that the table does not have.
 *
 * @throws ResultsError `invalid_transition`, naming the words that may follow.
 */
export function checkTransition<Word extends string>(transitions: Transitions<Word>, from: Word, to: Word): void {
  if (isTransition(transitions, from, to)) return
  throw new ResultsError('invalid_transition', describeTransition(transitions, from, to).join('\n'))
}

/** The lines that tell whether a transition is possible, and if not, which are. */
export function describeTransition<Word extends string>(
  transitions: Transitions<Word>,
  from: Word,
  to: Word,
): readonly string[] {
  const step = `${from.toUpperCase()} → ${to.toUpperCase()}`
  if (isTransition(transitions, from, to)) return [`Valid status transition: ${step}`]
  const next = transitions[from].map((word) => word.toUpperCase()).join(', ') || 'none'
  return [`Invalid status transition: ${step}`, `Valid transitions from ${from.toUpperCase()}: ${next}`]
}
