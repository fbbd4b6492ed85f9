import { isTerminal } from '../core/outcome.js'
import { PIPELINE_STATUS, type PipelineStatus } from '../words/pipeline.js'
import { fromWord } from '../words/vocabulary.js'
import type { ExecutionState } from './execution.js'

/** The executions under way, and the last of the finished ones. */
export interface ExecutionStore {
  find(id: string): ExecutionState | undefined
  add(state: ExecutionState): void
  /** Puts an execution where its status says it belongs. */
  place(state: ExecutionState): void
  active(): Iterable<ExecutionState>
  /** Oldest first. */
  finished(): Iterable<ExecutionState>
  readonly historySize: number
  clearHistory(): void
}

/** True when an execution with this status has ended. */
export function hasEnded(status: PipelineStatus): boolean {
  return isTerminal(fromWord(PIPELINE_STATUS, status))
}

/** Begins a store that keeps at most `maxHistory` finished executions; `onForget` hears of each that had to go. */
export function createStore(maxHistory: number, onForget: (state: ExecutionState) => void): ExecutionStore {
  const active = new Map<string, ExecutionState>()
  const history = new Map<string, ExecutionState>()
  const forget = (state: ExecutionState) => {
    history.delete(state.id)
    onForget(state)
  }
  return {
    find: (id) => active.get(id) ?? history.get(id),
    add: (state) => void active.set(state.id, state),
    place(state) {
      if (!hasEnded(state.status)) {
        if (history.delete(state.id)) active.set(state.id, state)
        return
      }
      if (!active.delete(state.id)) return
      history.set(state.id, state)
      for (const oldest of history.values()) {
        if (history.size <= maxHistory) return
        forget(oldest)
      }
    },
    active: () => active.values(),
    finished: () => history.values(),
    get historySize() {
      return history.size
    },
    clearHistory() {
      for (const state of [...history.values()]) forget(state)
    },
  }
}
