import { TaskStatus } from './status.js'
import type { TaskStepResult } from './step-result.js'

/** Takes a line meant for people. */
export type Print = (line: string) => void

const silent: Print = () => {}

/** True when a finished step has its result and an unfinished one its error code; prints the first thing wrong. */
export function validateResult(result: TaskStepResult, print = silent): boolean {
  if (!result.step) return no(print, 'Result missing step identifier')
  if (result.completed && result.result === null) return no(print, 'Completed result missing result data')
  if (!result.completed && result.errorCode === null) return no(print, 'Failed result missing error code')
  return yes(print, 'Result validation passed')
}

/** True when `completed` and `status`, and error code and message, agree; prints the first thing that is wrong. */
export function checkDataConsistency(result: TaskStepResult, print = silent): boolean {
  const { completed, errorCode, errorMessage } = result
  const saysCompleted = result.status === TaskStatus.COMPLETED
  if (!result.step) return no(print, 'Missing step identifier')
  if (completed && !saysCompleted) return no(print, 'Completed result has wrong status')
  if (!completed && saysCompleted) return no(print, 'Incomplete result has completed status')
  if (errorCode && !errorMessage) return no(print, 'Error code without error message')
  if (errorMessage && !errorCode) return no(print, 'Error message without error code')
  return yes(print, 'Data consistency check passed')
}

/** True when two results came out alike: same step, `completed` and `status`, whatever they hold. */
export function compareResults(a: TaskStepResult, b: TaskStepResult): boolean {
  return a.step === b.step && a.completed === b.completed && a.status === b.status
}

function no(print: Print, line: string): false {
  print(`❌ ${line}`)
  return false
}

function yes(print: Print, line: string): true {
  print(`✅ ${line}`)
  return true
}
