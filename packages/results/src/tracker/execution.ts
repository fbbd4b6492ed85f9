import { isTerminal } from '../core/outcome.js'
import { PIPELINE_TASK_STATUS, type PipelineStatus, type PipelineTaskStatus } from '../words/pipeline.js'
import { fromWord, wordsOf } from '../words/vocabulary.js'
import type { Issue, IssueList } from './issue.js'
import type { Pipeline } from './pipeline.js'

/** What a caller tells of a task beside its status; `duration`, in seconds, goes into the average. */
export type TaskMetrics = Readonly<Record<string, unknown>>

/** How a task stands. */
export interface TaskState {
  /** What people read as its name. */
  readonly title: string
  readonly status: PipelineTaskStatus
  /** Milliseconds since 1970; null until it runs. */
  readonly startedAt: number | null
  /** Milliseconds from start to end; null while either is not known. */
  readonly tookMs: number | null
  readonly metrics: TaskMetrics | null
  readonly error: Issue | null
  readonly warnings: readonly Issue[]
}

/** How an execution stands; only the tracker writes to it. */
export interface ExecutionState {
  readonly id: string
  /** The run key of an execution that is fed by records; null for one that is fed by calls. */
  readonly runKey: string | null
  /** A run inside a run: found by its id, but not listed or counted. */
  readonly nested: boolean
  pipeline: Pipeline
  readonly context: Readonly<Record<string, unknown>>
  status: PipelineStatus
  /** Milliseconds since 1970. */
  startedAt: number
  /** Milliseconds; null while it has not ended. */
  tookMs: number | null
  /** From 0 to 1, where the run itself says how far it is. */
  reported: number | null
  readonly tasks: Map<string, TaskState>
  /** How many tasks have each status, so that progress costs the same for any number of tasks. */
  readonly counts: Record<PipelineTaskStatus, number>
  readonly errors: IssueList
  readonly warnings: IssueList
  /** What the run's own record says; replaced when a later record says otherwise. */
  runError: Issue | null
  runWarnings: readonly Issue[]
  /** Which count of the statistics it belongs to. */
  readonly era: number
}

/** A task of which nothing is known but that it is there. */
function pendingTask(id: string): TaskState {
  return { title: id, status: 'pending', startedAt: null, tookMs: null, metrics: null, error: null, warnings: [] }
}

const FINISHED = wordsOf(PIPELINE_TASK_STATUS).filter((word) => isTerminal(fromWord(PIPELINE_TASK_STATUS, word)))

/** Begins the state of an execution. */
export function createExecution(
  facts: Pick<ExecutionState, 'id' | 'runKey' | 'nested' | 'pipeline' | 'context' | 'startedAt' | 'era'>,
  taskIds: Iterable<string> = [],
): ExecutionState {
  const state: ExecutionState = {
    ...facts,
    status: 'running',
    tookMs: null,
    reported: null,
    tasks: new Map(),
    counts: { pending: 0, running: 0, completed: 0, failed: 0, skipped: 0 },
    errors: { kept: [], total: 0 },
    warnings: { kept: [], total: 0 },
    runError: null,
    runWarnings: [],
  }
  for (const id of taskIds) putTask(state, id, pendingTask(id))
  return state
}

/** Sets how a task stands, be it new or known. */
export function putTask(state: ExecutionState, taskId: string, task: TaskState): void {
  const before = state.tasks.get(taskId)
  if (before !== undefined) state.counts[before.status] -= 1
  state.counts[task.status] += 1
  state.tasks.set(taskId, task)
}

/** How many tasks need no more work: completed, failed or skipped. */
export function countFinished(state: ExecutionState): number {
  let finished = 0
  for (const word of FINISHED) finished += state.counts[word]
  return finished
}

/**
 * How far an execution is, in percent: what the run reports of itself, else finished tasks in all tasks. Without tasks
 * it is 100, unless more of them may yet appear, as in a run that is known by its records and goes on.
 */
export function progressOf(state: ExecutionState): number {
  if (state.reported !== null) return state.reported * 100
  const total = state.tasks.size
  if (total > 0) return (countFinished(state) / total) * 100
  return state.runKey !== null && state.tookMs === null ? 0 : 100
}

/** Seconds from start to end, or to now; 0 when the clock went backwards. */
export function durationOf(state: ExecutionState, now: () => number): number {
  return (state.tookMs ?? Math.max(0, now() - state.startedAt)) / 1000
}

/** The mean of the durations that tasks were told to have taken, in seconds; 0 without any. */
export function averageTaskDuration(state: ExecutionState): number {
  let sum = 0
  let count = 0
  for (const { metrics } of state.tasks.values()) {
    const duration = metrics?.duration
    if (typeof duration !== 'number' || !Number.isFinite(duration)) continue
    sum += duration
    count += 1
  }
  return count === 0 ? 0 : sum / count
}

/** The errors told of an execution, those of its tasks, and its own where no task has the same. */
export function errorsOf(state: ExecutionState): readonly Issue[] {
  const errors = [...state.errors.kept]
  const own = state.runError
  let repeated = false
  for (const { error } of state.tasks.values()) {
    if (error === null) continue
    errors.push(error)
    if (error.message === own?.message) repeated = true
  }
  if (own !== null && !repeated) errors.push(own)
  return errors
}

/** The warnings told of an execution, its own, and those of its tasks. */
export function warningsOf(state: ExecutionState): readonly Issue[] {
  const warnings = [...state.warnings.kept, ...state.runWarnings]
  for (const task of state.tasks.values()) warnings.push(...task.warnings)
  return warnings
}
