import { quote, ResultsError } from '../core/results-error.js'
import { TASK_STATUS } from '../words/task-status.js'
import { fromWord, toWord } from '../words/vocabulary.js'
import { TaskStatus } from './status.js'
import { TaskStepResult } from './step-result.js'

const OLD_VERSION = '1.0'
const NEW_VERSION = '1.1'

/**
 * Brings the data of version 1.0 (or of none) to 1.1: `success` becomes `completed`, `error` becomes `failed`.
 * Data of any other version comes back as it was; the object given is never changed.
 *
 * @throws ResultsError `invalid_value` when it is not an object.
 */
export function migrateResult(data: unknown): Record<string, unknown> {
  const old = toObject(data)
  const version = Object.hasOwn(old, 'version') ? old.version : OLD_VERSION
  if (version !== OLD_VERSION) return { ...old }
  if (!Object.hasOwn(old, 'status')) return { ...old, version: NEW_VERSION }
  return { ...old, status: migrateStatus(old.status), version: NEW_VERSION }
}

/**
 * Makes a step result of the old form `{ operation, output, success, message }`.
 *
 * @throws ResultsError `invalid_value` when a key is missing or of the wrong type.
 */
export function convertOldResult(data: unknown): TaskStepResult {
  const old = toObject(data)
  for (const key of ['operation', 'output', 'success', 'message']) {
    if (Object.hasOwn(old, key)) continue
    throw new ResultsError('invalid_value', `The key "${key}" is missing; add it.`, { path: `$.${key}` })
  }
  const { operation, output, success, message } = old
  if (typeof operation !== 'string') throw wrong('operation', operation, 'a text')
  if (typeof success !== 'boolean') throw wrong('success', success, 'true or false')
  if (typeof message !== 'string') throw wrong('message', message, 'a text')
  return new TaskStepResult({
    step: operation,
    result: output,
    completed: success,
    message,
    status: success ? TaskStatus.COMPLETED : TaskStatus.FAILED,
  })
}

function migrateStatus(status: unknown): unknown {
  if (typeof status !== 'string' || !Object.hasOwn(TASK_STATUS.aliases, status)) return status
  return toWord(TASK_STATUS, fromWord(TASK_STATUS, status))
}

function toObject(data: unknown): Record<string, unknown> {
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Record<string, unknown>
  throw new ResultsError('invalid_value', `An old result is ${quote(data)}; give an object.`, { path: '$' })
}

function wrong(key: string, value: unknown, wanted: string): ResultsError {
  return new ResultsError('invalid_value', `$.${key} of an old result is ${quote(value)}; give ${wanted}.`, {
    path: `$.${key}`,
  })
}
