import { dashboard } from './dashboard.mjs'
import { bars, higherIsBetter, lines, noneIsBest, now, number, overTime, ranking } from './panel.mjs'
import { CHOSEN, count, FAILURES, quantile, RETRIES, RUN_BUCKETS, RUNS, STEP_BUCKETS, successRate } from './query.mjs'

const RATE = '$__rate_interval'
const RANGE = '$__range'
const BAR = '$__interval'

/** How every workflow stands. */
export const workflows = dashboard({
  uid: 'runspan-workflows',
  title: 'Workflows',
  description: 'How every workflow stands: what the Runspan wrapper measured, whatever of it was sampled.',
  one: false,
})
  .withPanel(
    number({
      title: 'Success rate',
      description: 'Successful runs among successful and failed ones.',
      unit: 'percentunit',
      query: now(successRate(RANGE), 'success rate'),
      colours: higherIsBetter(0.9, 0.99),
    }),
  )
  .withPanel(
    number({
      title: 'Runs',
      description: 'Runs that ended.',
      unit: 'short',
      query: now(count(RUNS, CHOSEN, RANGE), 'runs'),
    }),
  )
  .withPanel(
    number({
      title: 'Failed',
      description: 'Runs that failed, ran out of time or were interrupted.',
      unit: 'short',
      query: now(`${count(RUNS, `${CHOSEN},${FAILURES}`, RANGE)} or vector(0)`, 'failed'),
      colours: noneIsBest,
    }),
  )
  .withPanel(
    number({
      title: 'Active',
      description: 'Runs that are open now.',
      unit: 'short',
      query: now(`sum (runspan_run_active{${CHOSEN}})`, 'active'),
    }),
  )
  .withPanel(
    bars({
      title: 'Runs by outcome',
      description: 'Each run stands where it ended.',
      unit: 'short',
      queries: [overTime(count(RUNS, CHOSEN, BAR, 'runspan_outcome'), '{{runspan_outcome}}')],
      colours: { success: 'green', failed: 'red', timed_out: 'orange', interrupted: 'purple', cancelled: 'text' },
    }),
  )
  .withPanel(
    lines({
      title: 'Duration',
      description: 'How long runs took, estimated from buckets.',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((q) => overTime(quantile(q, RUN_BUCKETS, CHOSEN, RATE), `p${q * 100}`)),
    }),
  )
  .withPanel(
    bars({
      title: 'Failures by error',
      description: 'The kind of error that ended a run.',
      unit: 'short',
      queries: [overTime(count(RUNS, `${CHOSEN},${FAILURES}`, BAR, 'error_type'), '{{error_type}}')],
    }),
  )
  .withPanel(
    ranking({
      title: 'Slowest steps',
      description: 'The ten steps with the highest p95, all their tries together.',
      unit: 's',
      query: now(
        `topk(10, ${quantile(0.95, STEP_BUCKETS, CHOSEN, RANGE, 'runspan_workflow, runspan_step')})`,
        '{{runspan_workflow}} / {{runspan_step}}',
      ),
    }),
  )
  .withPanel(
    bars({
      title: 'Retries',
      description: 'Tries after the first, by step.',
      unit: 'short',
      queries: [
        overTime(
          count(RETRIES, CHOSEN, BAR, 'runspan_workflow, runspan_step'),
          '{{runspan_workflow}} / {{runspan_step}}',
        ),
      ],
    }),
  )
  .withPanel(
    ranking({
      title: 'Success rate by workflow',
      description: 'The worst first.',
      unit: 'percentunit',
      query: now(`sort(${successRate(RANGE, 'runspan_workflow')})`, '{{runspan_workflow}}'),
      colours: higherIsBetter(0.9, 0.99),
    }),
  )
