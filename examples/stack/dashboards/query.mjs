import { isFailure, OUTCOME_WORDS } from '@runspan/results/core'

/** The times that queries look back: a rate, all that the dashboard shows, a bar. */
export const RATE = '$__rate_interval'
export const RANGE = '$__range'
export const BAR = '$__interval'

/** Which series a dashboard looks at, by its variables. */
export const CHOSEN = 'job=~"$service",runspan_workflow=~"$workflow"'

export const FAILURE_WORDS = OUTCOME_WORDS.filter(isFailure)
const FAILED = FAILURE_WORDS.join('|')
/** The outcomes that a success rate counts as failed, and those it counts at all. */
export const FAILURES = `runspan_outcome=~"${FAILED}"`
const COUNTED = `runspan_outcome=~"success|${FAILED}"`

export const RUNS = 'runspan_run_duration_seconds_count'
export const RUN_BUCKETS = 'runspan_run_duration_seconds_bucket'
export const STEPS = 'runspan_step_duration_seconds_count'
export const STEP_BUCKETS = 'runspan_step_duration_seconds_bucket'
export const RETRIES = 'runspan_step_retries_total'

/**
 * By how much counters grew in a window, exactly, and also those of a process that was not there when it began. `increase`
 * takes the first value it sees of a process as its zero: of a job that runs once per process it would count nothing.
 */
export function added(metric, labels, window) {
  const series = `${metric}{${labels}}`
  return `((last_over_time(${series}[${window}]) - ${series} offset ${window}) or last_over_time(${series}[${window}]))`
}

export function count(metric, labels, window, by) {
  return `sum${by === undefined ? '' : ` by (${by})`} (${added(metric, labels, window)})`
}

export function quantile(q, buckets, labels, window, by) {
  const grouping = by === undefined ? 'le' : `le, ${by}`
  return `histogram_quantile(${q}, sum by (${grouping}) (${added(buckets, labels, window)}))`
}

/** Successes among successes and failures; skipped and cancelled runs are neither. */
export function successRate(window, by) {
  const runs = (outcome) => count(RUNS, `${CHOSEN},${outcome}`, window, by)
  const none = by === undefined ? ' or vector(0)' : ` or 0 * ${runs(COUNTED)}`
  return `(${runs('runspan_outcome="success"')}${none}) / ${runs(COUNTED)}`
}
