import type { Outcome } from '../core/outcome.js'
import { quote, ResultsError } from '../core/results-error.js'
import { DEFAULT_MODE } from '../core/rows.js'
import { formatRunId } from '../core/run-id.js'
import { serializeError } from '../core/serialize-error.js'
import { WorkflowResultManager } from './manager.js'
import { RETRY, summarize, type TrackerSummary } from './summary.js'

/** What a tracker needs from outside. */
export interface StepTrackerOptions {
  workflowName: string
  /** Waits before the next attempt, for that many milliseconds. */
  wait: (milliseconds: number) => unknown
  /** Shows one line of progress. */
  print: (line: string) => void
  /** @default the clock of this process */
  now?: (() => Date) | undefined
}

/** Runs steps one after the other, tries again what fails, and keeps a row for each attempt. */
export interface StepTracker {
  readonly manager: WorkflowResultManager
  /**
   * Runs a step, up to `maxRetries` times more than once, waiting 1, 2, 4… seconds in between. Gives what the step
   * gives; after the last failure the same value is thrown on. The result's text becomes the row's `target`.
   *
   * @throws ResultsError `invalid_run_id` or `invalid_value`, before the step runs.
   */
  executeStep<T>(id: string, name: string, step: () => T, mode?: string, maxRetries?: number): Promise<Awaited<T>>
  summary(): TrackerSummary
  /** The summary and the document in it as text, as JSON with two spaces of indent; `parseResults` reads it. */
  detailedReport(): string
}

/** How often a step is tried again when its caller does not say. */
const DEFAULT_RETRIES = 3
const FIRST_DELAY_MS = 1_000
const SUCCESS: Outcome = 'success'
const FAILED: Outcome = 'failed'

/** Makes a tracker of steps with retries for one run, which begins now. */
export function createStepTracker(options: StepTrackerOptions): StepTracker {
  const { workflowName, wait, print, now = () => new Date() } = options
  const manager = new WorkflowResultManager()
  const startTime = now()

  const summary = (): TrackerSummary => summarize(workflowName, startTime, manager)

  async function executeStep<T>(
    id: string,
    name: string,
    step: () => T,
    mode = DEFAULT_MODE,
    maxRetries = DEFAULT_RETRIES,
  ): Promise<Awaited<T>> {
    checkStep(id, maxRetries)
    for (let attempt = 0; ; attempt += 1) {
      print(`Executing ${name} (attempt ${attempt + 1}/${maxRetries + 1})`)
      let result: Awaited<T>
      try {
        result = await step()
      } catch (thrown) {
        const { code, message, stack } = serializeError(thrown)
        const news = `Attempt ${attempt + 1} failed: ${message}`
        print(`❌ ${news}`)
        if (attempt === maxRetries) {
          manager.add(id, name, FAILED, mode, code, message, null, stack)
          throw thrown
        }
        manager.add(`${id}_retry_${attempt}`, `${name} (Retry ${attempt + 1})`, RETRY, mode, code, news)
        await wait(FIRST_DELAY_MS * 2 ** attempt)
        continue
      }
      manager.add(id, name, SUCCESS, mode, null, null, toTarget(result))
      print(`✅ ${name} completed successfully`)
      return result
    }
  }

  return {
    manager,
    executeStep,
    summary,
    detailedReport: () => JSON.stringify({ summary: summary(), detailed_results: manager.toJson() }, null, 2),
  }
}

/** A bad id must be known before the step has done its work, not when its row is made. */
function checkStep(id: string, maxRetries: number): void {
  if (!Number.isSafeInteger(maxRetries) || maxRetries < 0) {
    throw new ResultsError('invalid_value', `maxRetries is ${quote(maxRetries)}; allowed is a whole number from 0.`)
  }
  if (typeof id !== 'string')
    throw new ResultsError('invalid_run_id', `The id of the step is ${quote(id)}; give a text.`)
  formatRunId(id)
  formatRunId(`${id}_retry_${maxRetries}`)
}

function toTarget(result: unknown): string | null {
  if (!result) return null
  try {
    return String(result) || null
  } catch {
    // An object that has no text is a result all the same: the step has succeeded, only its target is unknown.
    return null
  }
}
