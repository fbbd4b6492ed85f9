import type { Print } from './check.js'
import { ErrorCode } from './error-code.js'
import { TaskStatus } from './status.js'
import { TaskStepResult } from './step-result.js'

/** What the check makes sure of; another copy of the package can be given instead. */
export interface Models {
  readonly TaskStatus: { readonly PENDING: string; readonly COMPLETED: string }
  readonly ErrorCode: { readonly VALIDATION_ERROR: string }
  readonly TaskStepResult: typeof TaskStepResult
}

/** Makes sure that status, error code and step result work; prints a line for each, or what was wrong. Never throws. */
export function validateModelsHealth(
  print: Print = () => {},
  models: Models = { TaskStatus, ErrorCode, TaskStepResult },
): boolean {
  try {
    expect('TaskStatus.PENDING', models.TaskStatus.PENDING, 'pending')
    print('✅ TaskStatus validation passed')
    expect('ErrorCode.VALIDATION_ERROR', models.ErrorCode.VALIDATION_ERROR, 'E001')
    print('✅ ErrorCode validation passed')
    const result = new models.TaskStepResult({
      step: 'test_step',
      result: 'test_result',
      completed: true,
      status: TaskStatus.COMPLETED,
    })
    expect('step', result.step, 'test_step')
    expect('completed', result.completed, true)
    expect('equality', result.equals(models.TaskStepResult.fromDict(result.toDict())), true)
    print('✅ TaskStepResult validation passed')
    return true
  } catch (error) {
    print(`❌ Model validation failed: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

function expect(what: string, is: unknown, wanted: unknown): void {
  if (is !== wanted) throw new Error(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`)
}
