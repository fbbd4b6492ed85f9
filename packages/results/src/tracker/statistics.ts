import { isFailure, isSuccess } from '../core/outcome.js'
import { PIPELINE_STATUS, type PipelineStatus } from '../words/pipeline.js'
import { fromWord } from '../words/vocabulary.js'
import type { ExecutionState } from './execution.js'

/** What all executions come to. */
export interface TrackerStatistics {
  /** How many were started. */
  total_executions: number
  successful_executions: number
  failed_executions: number
  running_executions: number
  /** Completed in all that were started, running and cancelled ones too, in percent; 0 without any. */
  success_rate: number
  /** How many finished ones are kept. */
  history_size: number
}

/** Counts executions. Runs inside runs are not counted, nor is what began before the last reset. */
export interface Counters {
  readonly era: number
  readonly total: number
  readonly successful: number
  readonly failed: number
  started(state: ExecutionState): void
  changed(state: ExecutionState, from: PipelineStatus | null, to: PipelineStatus): void
  reset(): void
}

/** Begins to count. */
export function createCounters(): Counters {
  let era = 0
  let total = 0
  let successful = 0
  let failed = 0
  const counts = (state: ExecutionState) => !state.nested && state.era === era
  const add = (status: PipelineStatus, by: 1 | -1) => {
    const outcome = fromWord(PIPELINE_STATUS, status)
    if (isSuccess(outcome)) successful += by
    else if (isFailure(outcome)) failed += by
  }
  return {
    get era() {
      return era
    },
    get total() {
      return total
    },
    get successful() {
      return successful
    },
    get failed() {
      return failed
    },
    started(state) {
      if (counts(state)) total += 1
    },
    changed(state, from, to) {
      if (!counts(state)) return
      if (from !== null) add(from, -1)
      add(to, 1)
    },
    reset() {
      era += 1
      total = 0
      successful = 0
      failed = 0
    },
  }
}
