import { rateOfStarted } from '../analysis/success-rate.js'
import type { ResultsDocument } from '../core/document.js'
import { liveListeners } from '../core/live.js'
import type { SpanRecord } from '../core/record.js'
import { quote, ResultsError } from '../core/results-error.js'
import {
  PIPELINE_STATUS,
  PIPELINE_TASK_STATUS,
  type PipelineStatus as PipelineStatusWord,
  type PipelineTaskStatus as PipelineTaskStatusWord,
} from '../words/pipeline.js'
import {
  checkTransition,
  PIPELINE_TASK_TRANSITIONS,
  PIPELINE_TRANSITIONS,
  type TransitionMode,
} from '../words/transitions.js'
import { parseWord } from '../words/vocabulary.js'
import { toResultsDocument } from './document.js'
import { createEvents, type Events, type HandlerFault, type StatusHandler, type TaskHandler } from './events.js'
import { createExecution, type ExecutionState, type TaskMetrics } from './execution.js'
import { addIssue, type IssueInput, parseIssue } from './issue.js'
import { createLedger, type Ledger, type StatusChange } from './ledger.js'
import { type PipelineSpec, parsePipeline } from './pipeline.js'
import { createRecordFeed, type RecordFeed } from './record-feed.js'
import { type Counters, createCounters, type TrackerStatistics } from './statistics.js'
import { createStore, type ExecutionStore, hasEnded } from './store.js'
import { changeTask, statusCausedBy } from './task-change.js'
import { type ExecutionSummary, type PipelineExecution, summarizeExecution, viewExecution } from './view.js'

/** How a tracker works. */
export interface TrackerOptions {
  /** How many finished executions are kept. @default 1000 */
  maxHistory?: number | undefined
  /** `lenient` takes any change of status as it comes; words are checked all the same. @default 'strict' */
  transitions?: TransitionMode | undefined
  /** Milliseconds since 1970. @default Date.now */
  now?: (() => number) | undefined
  /** Hears of what a handler threw or rejected with. @default it is counted, see `handlerFaults` */
  onError?: HandlerFault | undefined
}

/** How many finished executions are kept unless the options say otherwise. */
export const DEFAULT_MAX_HISTORY = 1000

/**
 * Follows the executions of pipelines: how each and its tasks stand, how far it is, how long it took, what went wrong.
 * What it is told changes its state at once; the promise it gives resolves when the handlers have heard of it. It has
 * no timers, so a handler that never settles holds up only whoever awaits that promise.
 */
export class PipelineStatusTracker {
  readonly #now: () => number
  readonly #strict: boolean
  readonly #counters: Counters = createCounters()
  readonly #store: ExecutionStore
  readonly #events: Events
  readonly #ledger: Ledger
  readonly #feed: RecordFeed
  #handlerFaults = 0

  /** @throws ResultsError `invalid_value` when `maxHistory` is no whole number from 0. */
  constructor(options: TrackerOptions = {}) {
    const { maxHistory = DEFAULT_MAX_HISTORY, transitions = 'strict', now = Date.now, onError = () => {} } = options
    if (!Number.isSafeInteger(maxHistory) || maxHistory < 0) {
      throw new ResultsError('invalid_value', `maxHistory is ${quote(maxHistory)}; give a whole number from 0.`)
    }
    this.#now = now
    this.#strict = transitions !== 'lenient'
    this.#store = createStore(maxHistory, (state) => this.#feed.forget(state))
    this.#events = createEvents((error, event) => {
      this.#handlerFaults += 1
      onError(error, event)
    })
    this.#ledger = createLedger(this.#store, this.#counters, this.#events)
    this.#feed = createRecordFeed(
      this.#ledger,
      (id) => this.#store.find(id) !== undefined,
      () => this.#counters.era,
    )
  }

  /** How often a handler threw or rejected. */
  get handlerFaults(): number {
    return this.#handlerFaults
  }

  /** How many runs were given up because their own record never came while others did. */
  get droppedRuns(): number {
    return this.#feed.dropped
  }

  /**
   * Begins to follow an execution; it is running from now on.
   *
   * @throws ResultsError `duplicate_run` when the id is in use, `invalid_run_id` when it is no text or empty,
   * `invalid_value` for a pipeline without a name.
   */
  async startExecution(
    executionId: string,
    pipeline: PipelineSpec,
    context: Readonly<Record<string, unknown>> = {},
  ): Promise<PipelineExecution> {
    if (typeof executionId !== 'string' || executionId === '') {
      throw new ResultsError('invalid_run_id', `The execution id is ${quote(executionId)}; give a text.`)
    }
    if (this.#find(executionId) !== undefined) {
      throw new ResultsError(
        'duplicate_run',
        `Execution ${quote(executionId)} is there already; give each run its own id.`,
      )
    }
    const { pipeline: parsed, taskIds } = parsePipeline(pipeline)
    const facts = {
      id: executionId,
      runKey: null,
      nested: false,
      pipeline: parsed,
      context: Object.freeze({ ...context }),
    }
    const state = createExecution({ ...facts, startedAt: this.#now(), era: this.#counters.era }, taskIds)
    await this.#ledger.open(state)
    return viewExecution(state, this.#now)
  }

  /**
   * Sets how a task stands. The last task that ends completes the execution, and one that fails makes it fail. Metrics
   * replace what was told before; the same status again is no event.
   *
   * @throws ResultsError `unknown_run`, `unknown_task`, `unknown_word` or `invalid_transition`, naming what is allowed.
   */
  async updateTaskStatus(
    executionId: string,
    taskId: string,
    status: PipelineTaskStatusWord,
    metrics?: TaskMetrics | null,
  ): Promise<void> {
    const state = this.#require(executionId)
    const word = parseWord(PIPELINE_TASK_STATUS, status)
    const before = state.tasks.get(taskId)
    if (before === undefined) throw unknownTask(state, taskId)
    if (metrics !== undefined && (typeof metrics !== 'object' || Array.isArray(metrics))) {
      throw new ResultsError(
        'invalid_value',
        `The metrics of task ${quote(taskId)} are ${quote(metrics)}; give an object.`,
      )
    }
    if (this.#strict) {
      if (hasEnded(state.status)) throw endedAlready(state, taskId)
      if (before.status !== word) checkTransition(PIPELINE_TASK_TRANSITIONS, before.status, word)
    }
    const task = changeTask(before, word, metrics ?? {}, this.#now())
    const caused = statusCausedBy(state, before, task)
    await this.#ledger.setTask(state, taskId, task, caused && this.#toChange(state, caused))
  }

  /**
   * Sets how an execution stands; the same status again changes nothing.
   *
   * @throws ResultsError `unknown_run`, `unknown_word` or `invalid_transition`, naming what is allowed.
   */
  async updateStatus(executionId: string, status: PipelineStatusWord): Promise<void> {
    const state = this.#require(executionId)
    const word = parseWord(PIPELINE_STATUS, status)
    if (word === state.status) return
    if (this.#strict) checkTransition(PIPELINE_TRANSITIONS, state.status, word)
    await this.#ledger.setStatus(state, this.#toChange(state, word))
  }

  /** Adds an error to an execution; false when there is none by that id. */
  addError(executionId: string, error: IssueInput): boolean {
    const state = this.#find(executionId)
    if (state !== undefined) addIssue(state.errors, parseIssue(error, this.#now()))
    return state !== undefined
  }

  /** Adds a warning to an execution; false when there is none by that id. */
  addWarning(executionId: string, warning: IssueInput): boolean {
    const state = this.#find(executionId)
    if (state !== undefined) addIssue(state.warnings, parseIssue(warning, this.#now()))
    return state !== undefined
  }

  /** Calls the handler with `(executionId, newStatus, oldStatus)` at every change; returns how to stop that. */
  registerStatusHandler(handler: StatusHandler): () => void {
    return this.#events.onStatus(handler)
  }

  /** Calls the handler with `(executionId, taskId, status)` at every change; returns how to stop that. */
  registerTaskHandler(handler: TaskHandler): () => void {
    return this.#events.onTask(handler)
  }

  /** The execution of an id or run key, under way or finished; null when there is none, or no longer. */
  getExecution(executionId: string): PipelineExecution | null {
    const state = this.#find(executionId)
    return state === undefined ? null : viewExecution(state, this.#now)
  }

  /** The executions that are running now, oldest first. */
  getRunningExecutions(): PipelineExecution[] {
    return this.#running().map((state) => viewExecution(state, this.#now))
  }

  /** What an execution comes to so far, or came to; null when there is none by that id. */
  getExecutionSummary(executionId: string): ExecutionSummary | null {
    const state = this.#find(executionId)
    return state === undefined ? null : summarizeExecution(state, this.#now)
  }

  /** What all executions come to. Runs inside runs count only in `history_size`. */
  getStatistics(): TrackerStatistics {
    const { total, successful, failed } = this.#counters
    return {
      total_executions: total,
      successful_executions: successful,
      failed_executions: failed,
      running_executions: this.#running().length,
      success_rate: rateOfStarted(successful, total),
      history_size: this.#store.historySize,
    }
  }

  /** The finished executions that are kept, oldest first. */
  getHistory(): PipelineExecution[] {
    return Array.from(this.#store.finished(), (state) => viewExecution(state, this.#now))
  }

  /** The finished executions as documents, fit for analysis, comparison and health reports. */
  *documents(): Iterable<ResultsDocument> {
    for (const state of this.#store.finished()) {
      if (!state.nested) yield toResultsDocument(viewExecution(state, this.#now))
    }
  }

  /** Forgets the finished executions; the statistics stay. */
  clearHistory(): void {
    this.#store.clearHistory()
  }

  /** Counts from 0 again; executions that began before are no longer counted, however they end. */
  resetStatistics(): void {
    this.#counters.reset()
  }

  /**
   * Takes in a record of a run, in any order and any number of times: the run is an execution whose id is its run id,
   * its steps are the tasks. Returns false when the record changed nothing. A run is known as long as the history
   * keeps it. Steps outside any run, and steps that name no run key, are not followed.
   */
  addRecord(record: SpanRecord): boolean {
    return this.#feed.add(record)
  }

  /** Follows every run of this process from now on; returns how to stop that. */
  follow(): () => void {
    const listeners = liveListeners()
    const listener = (record: SpanRecord) => void this.addRecord(record)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  #find(id: string): ExecutionState | undefined {
    return this.#store.find(id) ?? this.#feed.find(id)
  }

  #require(id: string): ExecutionState {
    const state = this.#find(id)
    if (state !== undefined) return state
    throw new ResultsError('unknown_run', `Execution ${quote(id)} not found; start it first.`)
  }

  #running(): ExecutionState[] {
    return Array.from(this.#store.active()).filter((state) => state.status === 'running' && !state.nested)
  }

  #toChange(state: ExecutionState, status: PipelineStatusWord): StatusChange {
    return { status, tookMs: hasEnded(status) ? Math.max(0, this.#now() - state.startedAt) : null }
  }
}

function unknownTask(state: ExecutionState, taskId: string): ResultsError {
  const known = [...state.tasks.keys()].slice(0, 20).join(', ') || 'none'
  const message = `Task ${quote(taskId)} is not in execution ${quote(state.id)}; its tasks are: ${known}.`
  return new ResultsError('unknown_task', message)
}

function endedAlready(state: ExecutionState, taskId: string): ResultsError {
  const ended = `Execution ${quote(state.id)} has ended (${state.status.toUpperCase()})`
  const message = `${ended}; task ${quote(taskId)} can no longer change.`
  return new ResultsError('invalid_transition', message)
}
