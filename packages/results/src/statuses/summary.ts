import { rateOfSettled } from '../analysis/success-rate.js'
import type { StatusRow } from '../core/document.js'
import { isFailure, isSuccess, type Outcome } from '../core/outcome.js'

/** One row of a summary. */
export interface ExecutionDetail extends Pick<StatusRow, 'run_id' | 'title' | 'status' | 'mode'> {
  /** True when the row has an `error_code`, whatever its status. */
  has_errors: boolean
}

/** What a retrying tracker says of its run. */
export interface TrackerSummary {
  workflow_name: string
  /** ISO 8601, UTC. */
  start_time: string
  /** Rows, retries among them. */
  total_steps: number
  successful_steps: number
  failed_steps: number
  retry_attempts: number
  /** Percent: {@link rateOfSettled}. */
  success_rate: number
  execution_details: ExecutionDetail[]
}

/** The status of a try that another one followed. */
export const RETRY: Outcome = 'retry'

/** Counts the rows of a run. */
export function summarize(workflowName: string, startTime: Date, rows: Iterable<StatusRow>): TrackerSummary {
  const details = Array.from(rows, toDetail)
  const succeeded = details.filter((row) => isSuccess(row.status)).length
  const failed = details.filter((row) => isFailure(row.status)).length
  return {
    workflow_name: workflowName,
    start_time: startTime.toISOString(),
    total_steps: details.length,
    successful_steps: succeeded,
    failed_steps: failed,
    retry_attempts: details.filter((row) => row.status === RETRY).length,
    success_rate: rateOfSettled(succeeded, failed),
    execution_details: details,
  }
}

function toDetail({ run_id, title, status, mode, error_code }: StatusRow): ExecutionDetail {
  return { run_id, title, status, mode, has_errors: error_code !== null }
}
