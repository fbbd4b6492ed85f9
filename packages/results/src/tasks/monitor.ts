import { quote, ResultsError } from '../core/results-error.js'

/** How many objects of each kind were made. */
export interface CreationMetrics {
  status_objects: number
  error_code_objects: number
  result_objects: number
}

/** What is known of the times it took to make objects of one kind, in seconds. */
export interface CreationTimes {
  count: number
  avg_time: number
  min_time: number
  max_time: number
}

type Kind = 'status' | 'error_code' | 'result'

interface Tally {
  count: number
  sum: number
  min: number
  max: number
}

/** Keeps count of the models that a program makes and how long that took; its memory does not grow. */
export class ExecutionModelsMonitor {
  readonly #tallies: Record<Kind, Tally> = { status: empty(), error_code: empty(), result: empty() }

  /** How many objects of each kind were recorded. */
  get creationMetrics(): CreationMetrics {
    const { status, error_code, result } = this.#tallies
    return { status_objects: status.count, error_code_objects: error_code.count, result_objects: result.count }
  }

  /** @throws ResultsError `invalid_value` unless the time is a number of seconds from 0. */
  recordStatusCreation(seconds: number): void {
    record(this.#tallies.status, seconds)
  }

  /** @throws ResultsError `invalid_value` unless the time is a number of seconds from 0. */
  recordErrorCodeCreation(seconds: number): void {
    record(this.#tallies.error_code, seconds)
  }

  /** @throws ResultsError `invalid_value` unless the time is a number of seconds from 0. */
  recordResultCreation(seconds: number): void {
    record(this.#tallies.result, seconds)
  }

  /** Count, average, least and greatest time of each kind that was recorded at all. */
  getPerformanceReport(): Partial<Record<`${Kind}_creation_time`, CreationTimes>> {
    const report: Partial<Record<`${Kind}_creation_time`, CreationTimes>> = {}
    for (const [kind, { count, sum, min, max }] of Object.entries(this.#tallies) as [Kind, Tally][]) {
      if (count > 0) report[`${kind}_creation_time`] = { count, avg_time: sum / count, min_time: min, max_time: max }
    }
    return report
  }
}

function empty(): Tally {
  return { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
}

function record(tally: Tally, seconds: number): void {
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new ResultsError('invalid_value', `A creation time is ${quote(seconds)}; give seconds, from 0.`)
  }
  tally.count += 1
  tally.sum += seconds
  tally.min = Math.min(tally.min, seconds)
  tally.max = Math.max(tally.max, seconds)
}
