import { bars, higherIsBetter, lines, now, number, overTime } from './panel.mjs'
import { BAR, CHOSEN, count, quantile, RANGE, RATE, RUN_BUCKETS, RUNS, successRate } from './query.mjs'

// What both dashboards say of runs.

export const successes = (width) =>
  number({
    title: 'Success rate',
    description: 'Successful runs among successful and failed ones.',
    unit: 'percentunit',
    query: now(successRate(RANGE), 'success rate'),
    colours: higherIsBetter(0.9, 0.99),
    width,
  })

export const runCount = (width) =>
  number({
    title: 'Runs',
    description: 'Runs that ended.',
    unit: 'short',
    query: now(count(RUNS, CHOSEN, RANGE), 'runs'),
    width,
  })

export const durations = (description, quantiles) =>
  lines({
    title: 'Duration',
    description,
    unit: 's',
    queries: quantiles.map((q) => overTime(quantile(q, RUN_BUCKETS, CHOSEN, RATE), `p${q * 100}`)),
  })

export const outcomes = () =>
  bars({
    title: 'Runs by outcome',
    description: 'Each run stands where it ended.',
    unit: 'short',
    queries: [overTime(count(RUNS, CHOSEN, BAR, 'runspan_outcome'), '{{runspan_outcome}}')],
    colours: { success: 'green', failed: 'red', timed_out: 'orange', interrupted: 'purple', cancelled: 'text' },
  })
