import type { PipelineStatus, PipelineTaskStatus } from '../words/pipeline.js'
import {
  averageTaskDuration,
  durationOf,
  type ExecutionState,
  errorsOf,
  progressOf,
  type TaskMetrics,
  warningsOf,
} from './execution.js'
import type { Issue } from './issue.js'
import type { Pipeline } from './pipeline.js'

/** A task, as it stood when it was asked for. */
export interface TaskView {
  readonly taskId: string
  /** The id, unless a record says more. */
  readonly title: string
  readonly status: PipelineTaskStatus
  /** ISO 8601, UTC; null until it runs. */
  readonly startTime: string | null
  /** Seconds by the tracker's clock or the run's records; null while start or end is not known. */
  readonly duration: number | null
  readonly metrics: TaskMetrics | null
}

/** An execution that shows how it stands whenever it is read; nothing can be changed through it. */
export interface PipelineExecution {
  readonly executionId: string
  /** Set when the execution is fed by records. */
  readonly runKey: string | null
  readonly pipeline: Pipeline
  readonly context: Readonly<Record<string, unknown>>
  readonly status: PipelineStatus
  /** In percent. */
  readonly progress: number
  readonly metrics: ExecutionMetrics
  readonly tasks: readonly TaskView[]
  readonly runningTasks: readonly string[]
  readonly completedTasks: readonly string[]
  readonly failedTasks: readonly string[]
  readonly skippedTasks: readonly string[]
  readonly errors: readonly Issue[]
  readonly warnings: readonly Issue[]
}

/** The times and figures of an execution. */
export interface ExecutionMetrics {
  /** ISO 8601, UTC. */
  readonly startTime: string
  /** ISO 8601, UTC; null while it has not ended. */
  readonly endTime: string | null
  /** Seconds until the end, or until now. */
  readonly duration: number
  /** The mean of the durations told of the tasks, in seconds; 0 without any. */
  readonly averageTaskDuration: number
  /** What was told last of each task, by task id. */
  readonly tasks: Readonly<Record<string, TaskMetrics>>
}

/** What an execution comes to, as plain data. */
export interface ExecutionSummary {
  execution_id: string
  pipeline_id: string
  pipeline_name: string
  status: PipelineStatus
  /** In percent. */
  progress: number
  /** In seconds. */
  duration: number
  completed_tasks: number
  failed_tasks: number
  running_tasks: number
  total_tasks: number
  errors: number
  warnings: number
}

/** Shows an execution; every property is read anew from its state. */
export function viewExecution(state: ExecutionState, now: () => number): PipelineExecution {
  const metrics: ExecutionMetrics = Object.freeze({
    get startTime() {
      return toTime(state.startedAt)
    },
    get endTime() {
      return state.tookMs === null ? null : toTime(state.startedAt + state.tookMs)
    },
    get duration() {
      return durationOf(state, now)
    },
    get averageTaskDuration() {
      return averageTaskDuration(state)
    },
    get tasks() {
      return metricsOf(state)
    },
  })
  return Object.freeze({
    executionId: state.id,
    runKey: state.runKey,
    get pipeline() {
      return state.pipeline
    },
    context: state.context,
    get status() {
      return state.status
    },
    get progress() {
      return progressOf(state)
    },
    metrics,
    get tasks() {
      return viewTasks(state)
    },
    get runningTasks() {
      return taskIdsWith(state, 'running')
    },
    get completedTasks() {
      return taskIdsWith(state, 'completed')
    },
    get failedTasks() {
      return taskIdsWith(state, 'failed')
    },
    get skippedTasks() {
      return taskIdsWith(state, 'skipped')
    },
    get errors() {
      return errorsOf(state)
    },
    get warnings() {
      return warningsOf(state)
    },
  })
}

/** Sums an execution up. */
export function summarizeExecution(state: ExecutionState, now: () => number): ExecutionSummary {
  return {
    execution_id: state.id,
    pipeline_id: state.pipeline.id,
    pipeline_name: state.pipeline.name,
    status: state.status,
    progress: progressOf(state),
    duration: durationOf(state, now),
    completed_tasks: state.counts.completed,
    failed_tasks: state.counts.failed,
    running_tasks: state.counts.running,
    total_tasks: state.tasks.size,
    errors: errorsOf(state).length + state.errors.total - state.errors.kept.length,
    warnings: warningsOf(state).length + state.warnings.total - state.warnings.kept.length,
  }
}

function metricsOf(state: ExecutionState): Record<string, TaskMetrics> {
  const told: [string, TaskMetrics][] = []
  for (const [id, { metrics }] of state.tasks) if (metrics !== null) told.push([id, metrics])
  return Object.fromEntries(told)
}

function viewTasks(state: ExecutionState): TaskView[] {
  return Array.from(state.tasks, ([taskId, { title, status, startedAt, tookMs, metrics }]) => ({
    taskId,
    title,
    status,
    startTime: startedAt === null ? null : toTime(startedAt),
    duration: tookMs === null ? null : tookMs / 1000,
    metrics,
  }))
}

function taskIdsWith(state: ExecutionState, status: PipelineTaskStatus): string[] {
  const ids: string[] = []
  for (const [id, task] of state.tasks) if (task.status === status) ids.push(id)
  return ids
}

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
