import type { ResultsDocument } from '../core/document.js'
import { parseResultsText, type ReadOptions } from './read.js'
import { expectStatus, WorkflowExecutionResults } from './results.js'
import { checkStatusWord, WorkflowExecutionStatus } from './status.js'
import { toJson, type WriteOptions } from './write.js'

/** What a manager checks besides the types of the fields. */
export interface ManagerOptions {
  /**
   * The status words that may be added, for instance `VALID_STATUSES`.
   * @default any text
   */
  allowedStatuses?: readonly string[] | undefined
}

/** Collects the statuses of a run, in the order in which they are added. */
export class WorkflowResultManager implements Iterable<WorkflowExecutionStatus> {
  /** The status at a place, as `at()` gives it; undefined beyond the end. */
  readonly [index: number]: WorkflowExecutionStatus
  readonly #results = new WorkflowExecutionResults({ statuses: [] })
  readonly #allowed: readonly string[] | undefined

  constructor(options: ManagerOptions = {}) {
    this.#allowed = options.allowedStatuses
  }

  /**
   * Reads the document that {@link toJson} writes.
   *
   * @throws ResultsError `invalid_json`, `invalid_document` or `invalid_run_id`.
   */
  static fromJson(text: string, options: ReadOptions = {}): WorkflowResultManager {
    const manager = new WorkflowResultManager()
    for (const status of parseResultsText(text, options)) manager.addStatus(status)
    return manager
  }

  /** How many statuses there are. */
  get length(): number {
    return this.#results.statuses.length
  }

  /** The status at a place, from the end when negative. */
  at(index: number): WorkflowExecutionStatus | undefined {
    return this.#results.statuses.at(index)
  }

  /**
   * Adds a status made of these values.
   *
   * @throws ResultsError `invalid_value`, `invalid_run_id` or `unknown_word`; nothing is added then.
   */
  add(
    runId: string,
    title: string,
    status: string,
    mode: string,
    errorCode?: number | null,
    errorMessage?: string | null,
    target?: string | null,
    stacktrace?: string | null,
  ): void {
    const fields = { run_id: runId, title, status, mode }
    const rest = { error_code: errorCode, error_message: errorMessage, target, stacktrace }
    this.addStatus(new WorkflowExecutionStatus({ ...fields, ...rest }))
  }

  /**
   * Adds a status as it is: the same object, which shows what is changed in it later.
   *
   * @throws ResultsError `invalid_value` when it is no status, `unknown_word` when its word is not allowed here.
   */
  addStatus(status: WorkflowExecutionStatus): void {
    expectStatus(status, '$')
    if (this.#allowed !== undefined) checkStatusWord(status.status, this.#allowed)
    Object.defineProperty(this, this.length, { value: status, configurable: true })
    this.#results.statuses.push(status)
  }

  /** The document as text; see {@link toJson} for its exact form. */
  toJson(options: WriteOptions = {}): string {
    return toJson(this, options)
  }

  /** What `JSON.stringify` sees: the document, not the places. */
  toJSON(): ResultsDocument {
    return { statuses: [...this] }
  }

  [Symbol.iterator](): Iterator<WorkflowExecutionStatus> {
    return this.#results[Symbol.iterator]()
  }

  toString(): string {
    return `WorkflowResultManager(${this.#results})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
