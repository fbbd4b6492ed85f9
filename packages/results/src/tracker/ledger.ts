import type { PipelineStatus } from '../words/pipeline.js'
import type { Events, TrackerEvent } from './events.js'
import { type ExecutionState, putTask, type TaskState } from './execution.js'
import type { Counters } from './statistics.js'
import { type ExecutionStore, hasEnded } from './store.js'

/** A change of status, and how long the execution took if it ended. */
export interface StatusChange {
  readonly status: PipelineStatus
  /** Milliseconds; null unless the status is an end. */
  readonly tookMs: number | null
}

/** Writes what happened to executions: state first, then the handlers hear of it. Checks nothing. */
export interface Ledger {
  /** Takes up an execution, with the status it has. */
  open(state: ExecutionState): Promise<void>
  /** Sets the status of an execution; an event goes out when it is another one. */
  setStatus(state: ExecutionState, change: StatusChange): Promise<void>
  /** Sets how a task stands, and with it the execution if that is what it causes: its event goes out first. */
  setTask(state: ExecutionState, taskId: string, task: TaskState, caused?: StatusChange): Promise<void>
}

/** Begins to write. */
export function createLedger(store: ExecutionStore, counters: Counters, events: Events): Ledger {
  const applyStatus = (state: ExecutionState, { status, tookMs }: StatusChange): TrackerEvent[] => {
    const previous = state.status
    state.status = status
    state.tookMs = hasEnded(status) ? tookMs : null
    store.place(state)
    if (previous === status) return []
    counters.changed(state, previous, status)
    return [{ kind: 'status', executionId: state.id, status, previous }]
  }
  return {
    open(state) {
      counters.started(state)
      counters.changed(state, null, state.status)
      store.add(state)
      store.place(state)
      return events.emit({ kind: 'status', executionId: state.id, status: state.status, previous: null })
    },
    setStatus: (state, change) => events.emit(...applyStatus(state, change)),
    setTask(state, taskId, task, caused) {
      const previous = state.tasks.get(taskId)?.status
      putTask(state, taskId, task)
      const news = caused === undefined ? [] : applyStatus(state, caused)
      if (previous !== task.status) news.push({ kind: 'task', executionId: state.id, taskId, status: task.status })
      return events.emit(...news)
    },
  }
}
