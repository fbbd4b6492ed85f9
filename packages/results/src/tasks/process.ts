import type { Print } from './check.js'
import type { ErrorCode } from './error-code.js'
import { TaskStatus } from './status.js'
import type { TaskStepResult } from './step-result.js'

/** How many of the results were completed and how many were not. */
export interface ResultCounts {
  successful: number
  failed: number
}

/** Prints a line per result, its error below it, and a summary; gives the counts. Reads the results once. */
export function processResults(results: Iterable<TaskStepResult>, print: Print = () => {}): ResultCounts {
  const counts = { successful: 0, failed: 0 }
  for (const result of results) {
    counts[result.completed ? 'successful' : 'failed'] += 1
    print(`${result.completed ? '✅' : '❌'} ${result.step}: ${result.message}`)
    if (!result.completed && result.errorCode) print(`   Error: ${result.errorCode} - ${result.errorMessage}`)
  }
  print(`Summary: ${counts.successful} successful, ${counts.failed} failed`)
  return counts
}

/** What a task queue is told of a task. */
export interface QueueResult {
  status: TaskStatus
  completed: boolean
  message: string
  error_code?: ErrorCode
  error_message?: string
}

/** Makes what a task queue is told of a task; the error keys are there only when there is a code. */
export function toQueueResult(status: TaskStatus, errorCode: ErrorCode | null = null): QueueResult {
  const result = { status, completed: status === TaskStatus.COMPLETED, message: `Task ${status}` }
  if (errorCode === null) return result
  return { ...result, error_code: errorCode, error_message: `Task failed with ${errorCode}` }
}
