import { quote, ResultsError } from '../core/results-error.js'
import { TASK_STATUS } from '../words/task-status.js'
import { parseWord } from '../words/vocabulary.js'
import { describeErrorCode, ErrorCode, parseErrorCode } from './error-code.js'
import { TaskStatus } from './status.js'
import { freezeCopy, isSameValue } from './value.js'

/** What a step result is made of. */
export interface TaskStepFields {
  /** Which operation it was, best as `tool.operation`. */
  step: string
  /** What came of it; null when nothing did. */
  result: unknown
  /** @default false */
  completed?: boolean | undefined
  /** @default '' */
  message?: string | undefined
  /** @default 'pending' */
  status?: TaskStatus | undefined
  /** @default null */
  errorCode?: string | null | undefined
  /** @default null */
  errorMessage?: string | null | undefined
}

/** A step result as plain data, with the keys and their order that other programs rely on. */
export interface TaskStepDict {
  step: string
  result: unknown
  completed: boolean
  message: string
  status: TaskStatus
  error_code: string | null
  error_message: string | null
}

/** The result of one step of a task: a value that never changes and equals any other that says the same. */
export class TaskStepResult {
  readonly step: string
  readonly result: unknown
  readonly completed: boolean
  readonly message: string
  readonly status: TaskStatus
  readonly errorCode: string | null
  readonly errorMessage: string | null

  /** @throws ResultsError `invalid_value` or `unknown_word`, with the path of the field that is wrong. */
  constructor(fields: TaskStepFields) {
    if (typeof fields !== 'object' || fields === null) throw wrong('$', fields, 'give an object with step and result')
    const { completed = false, message = '', status = TaskStatus.PENDING } = fields
    this.step = text(fields.step, '$.step')
    if (fields.result === undefined) throw wrong('$.result', undefined, 'give the result, or null when there is none')
    this.result = freezeCopy(fields.result)
    this.completed = flag(completed, '$.completed')
    this.message = text(message, '$.message')
    this.status = parseWord(TASK_STATUS, status, '$.status')
    this.errorCode = optionalText(fields.errorCode, '$.error_code')
    this.errorMessage = optionalText(fields.errorMessage, '$.error_message')
    Object.freeze(this)
  }

  /**
   * The result of a step that did what it should.
   *
   * @throws ResultsError `invalid_value` when the step has no name or there is no result.
   */
  static success(fields: { step: string; result: unknown; message?: string | undefined }): TaskStepResult {
    const made = new TaskStepResult({ ...fields, completed: true, status: TaskStatus.COMPLETED })
    if (made.result === null) throw wrong('$.result', null, 'a completed step has a result')
    return named(made)
  }

  /**
   * The result of a step that did not; the status is `failed` unless the code says timed out or cancelled.
   *
   * @throws ResultsError `invalid_value` when the step has no name, `unknown_word` when the code is none of the seven.
   */
  static failure(fields: {
    step: string
    errorCode: ErrorCode
    /** @default what the code means */
    errorMessage?: string | undefined
    message?: string | undefined
    result?: unknown
  }): TaskStepResult {
    const errorCode = parseErrorCode(fields.errorCode)
    const made = new TaskStepResult({
      step: fields.step,
      result: fields.result ?? null,
      message: fields.message,
      status: statusOf(errorCode),
      errorCode,
      errorMessage: fields.errorMessage || describeErrorCode(errorCode),
    })
    return named(made)
  }

  /**
   * Reads a step result back from plain data; keys it does not know are left out.
   *
   * @throws ResultsError `invalid_value` or `unknown_word`, with the path of the key that is missing or wrong.
   */
  static fromDict(data: unknown): TaskStepResult {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) throw wrong('$', data, 'give an object')
    const dict = data as Partial<TaskStepDict>
    for (const key of ['step', 'result', 'completed', 'message', 'status'] as const) {
      if (!Object.hasOwn(dict, key))
        throw new ResultsError('invalid_value', `The key "${key}" is missing; add it.`, { path: `$.${key}` })
    }
    return new TaskStepResult({
      step: dict.step as string,
      result: dict.result,
      completed: dict.completed,
      message: dict.message,
      status: dict.status,
      errorCode: Object.hasOwn(dict, 'error_code') ? dict.error_code : null,
      errorMessage: Object.hasOwn(dict, 'error_message') ? dict.error_message : null,
    })
  }

  /** The result as plain data, keys in the order that other programs rely on. */
  toDict(): TaskStepDict {
    return {
      step: this.step,
      result: this.result,
      completed: this.completed,
      message: this.message,
      status: this.status,
      error_code: this.errorCode,
      error_message: this.errorMessage,
    }
  }

  /** What `JSON.stringify` writes: the same as {@link toDict}. */
  toJSON(): TaskStepDict {
    return this.toDict()
  }

  /** True for a step result that says the same in every field, whatever object it is. */
  equals(other: unknown): boolean {
    return other instanceof TaskStepResult && isSameValue(this.toDict(), other.toDict())
  }

  toString(): string {
    const completed = this.completed ? 'True' : 'False'
    return `TaskStepResult(step='${this.step}', status='${this.status}', completed=${completed})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

function statusOf(code: ErrorCode): TaskStatus {
  switch (code) {
    case ErrorCode.TIMEOUT_ERROR:
      return TaskStatus.TIMED_OUT
    case ErrorCode.CANCELLED_ERROR:
      return TaskStatus.CANCELLED
    default:
      return TaskStatus.FAILED
  }
}

function named(result: TaskStepResult): TaskStepResult {
  if (result.step.trim() === '') throw wrong('$.step', result.step, 'name the step, best as tool.operation')
  return result
}

function text(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  throw wrong(path, value, 'give a text')
}

function optionalText(value: unknown, path: string): string | null {
  return value === undefined || value === null ? null : text(value, path)
}

function flag(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  throw wrong(path, value, 'give true or false')
}

function wrong(path: string, value: unknown, advice: string): ResultsError {
  return new ResultsError('invalid_value', `${path} of a step result is ${quote(value)}; ${advice}.`, { path })
}
