import { isFailure, isSuccess, type Outcome } from '../core/outcome.js'

/** Whether the work was done: `pass`, `fail`, or null when it was not put to the test or is not over. */
export function verdictOf(outcome: Outcome): 'pass' | 'fail' | null {
  if (isFailure(outcome)) return 'fail'
  return isSuccess(outcome) ? 'pass' : null
}
