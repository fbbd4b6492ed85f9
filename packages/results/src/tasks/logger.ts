import type { ErrorCode } from './error-code.js'
import type { TaskStatus } from './status.js'
import type { TaskStepResult } from './step-result.js'

/** Where the lines go: `console` fits, and so does any common logger. */
export interface LineLogger {
  info(line: string): void
  error(line: string): void
}

/** Writes a line for each model that a program makes or refuses. */
export class ExecutionModelsLogger {
  readonly #logger: LineLogger

  constructor(logger: LineLogger) {
    this.#logger = logger
  }

  logStatusCreation(status: TaskStatus): void {
    this.#logger.info(`TaskStatus created: ${status}`)
  }

  logErrorCodeCreation(errorCode: ErrorCode): void {
    this.#logger.info(`ErrorCode created: ${errorCode}`)
  }

  logResultCreation(result: TaskStepResult): void {
    this.#logger.info(`TaskStepResult created: ${result.step} - ${result.status}`)
  }

  /** `context` says what was being checked. */
  logValidationError(error: unknown, context: string): void {
    this.#logger.error(`Validation error in ${context}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
