import type { StatusRow } from '../core/document.js'
import { isFailure, isSuccess } from '../core/outcome.js'
import { createCounter } from './counter.js'
import { signedOneDecimal } from './one-decimal.js'
import { type RowSource, rowsOf } from './row-source.js'
import { rateOfSettled } from './success-rate.js'

/** How several runs of a workflow, the oldest first, stand beside each other. */
export interface RunComparison {
  run_count: number
  /** Rows per run; 0 without runs. */
  average_steps: number
  /** Percent for each run: {@link rateOfSettled}. */
  success_rates: number[]
  /** How often each title succeeded. */
  most_reliable_steps: Record<string, number>
  /** How often each title failed. */
  least_reliable_steps: Record<string, number>
  /** See {@link trendOf}. */
  improvement_trend: number | null
}

/** A comparison that runs are added to, one by one. */
export interface Comparison {
  add(run: RowSource): void
  /** What is known so far. */
  result(): RunComparison
}

const RECENT = 3

/** Compares runs, the oldest first, going over each once. One number is kept for a run, and one for each title. */
export function compareRuns(runs: Iterable<RowSource>): RunComparison {
  const comparison = createComparison()
  for (const run of runs) comparison.add(run)
  return comparison.result()
}

/** Begins a comparison of runs that arrive over time. */
export function createComparison(): Comparison {
  const rates: number[] = []
  const reliable = createCounter()
  const unreliable = createCounter()
  let steps = 0

  function addRow(row: StatusRow): void {
    steps += 1
    if (isSuccess(row.status)) reliable.count(row.title)
    else if (isFailure(row.status)) unreliable.count(row.title)
  }

  return {
    add(run) {
      let succeeded = 0
      let failed = 0
      for (const row of rowsOf(run)) {
        addRow(row)
        if (isSuccess(row.status)) succeeded += 1
        else if (isFailure(row.status)) failed += 1
      }
      rates.push(rateOfSettled(succeeded, failed))
    },
    result: () => ({
      run_count: rates.length,
      average_steps: rates.length === 0 ? 0 : steps / rates.length,
      success_rates: [...rates],
      most_reliable_steps: reliable.toRecord(),
      least_reliable_steps: unreliable.toRecord(),
      improvement_trend: trendOf(rates),
    }),
  }
}

/**
 * The mean of the last three rates less the sum of the earlier ones over how many those are; null for fewer than two
 * runs. With two or three runs there are no earlier ones, and the trend is the mean itself.
 */
export function trendOf(rates: readonly number[]): number | null {
  if (rates.length < 2) return null
  const recent = sum(rates.slice(-RECENT)) / Math.min(RECENT, rates.length)
  return recent - sum(rates.slice(0, -RECENT)) / Math.max(1, rates.length - RECENT)
}

/** `improving` for a trend above 0, else `declining`; null when there is none to speak of (null or 0). */
export function trendWord(trend: number | null): 'improving' | 'declining' | null {
  if (!trend) return null
  return trend > 0 ? 'improving' : 'declining'
}

/** A trend for people to read, such as `improving (+33.3%)`; null when there is none to speak of. */
export function formatTrend(trend: number | null): string | null {
  const word = trendWord(trend)
  return trend === null || word === null ? null : `${word} (${signedOneDecimal(trend)}%)`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
