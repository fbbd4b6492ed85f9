import { isFailure, isTerminal } from '../core/outcome.js'
import { PIPELINE_TASK_STATUS, type PipelineStatus, type PipelineTaskStatus } from '../words/pipeline.js'
import { fromWord } from '../words/vocabulary.js'
import { countFinished, type ExecutionState, type TaskMetrics, type TaskState } from './execution.js'
import { hasEnded } from './store.js'

/** How a task stands after it was told of at the time `now`; without new metrics it keeps the old ones. */
export function changeTask(
  before: TaskState,
  status: PipelineTaskStatus,
  metrics: TaskMetrics,
  now: number,
): TaskState {
  const finished = isFinished(status)
  const startedAt = before.startedAt ?? (status === 'running' ? now : null)
  const changed = before.status !== status
  return {
    ...before,
    status,
    startedAt,
    tookMs: changed ? (finished && startedAt !== null ? Math.max(0, now - startedAt) : null) : before.tookMs,
    metrics: Object.keys(metrics).length > 0 ? Object.freeze({ ...metrics }) : before.metrics,
  }
}

/**
 * What a task's change makes of its execution: a failed task fails it, the last finished one completes it. Undefined
 * when it goes on, when it has ended, and for a run known by records, which ends by its own.
 */
export function statusCausedBy(state: ExecutionState, before: TaskState, task: TaskState): PipelineStatus | undefined {
  if (hasEnded(state.status) || state.runKey !== null) return undefined
  if (isFailure(fromWord(PIPELINE_TASK_STATUS, task.status))) return 'failed'
  const finished = countFinished(state) - Number(isFinished(before.status)) + Number(isFinished(task.status))
  return finished === state.tasks.size ? 'completed' : undefined
}

function isFinished(status: PipelineTaskStatus): boolean {
  return isTerminal(fromWord(PIPELINE_TASK_STATUS, status))
}
