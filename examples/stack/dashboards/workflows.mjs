import { dashboard } from './dashboard.mjs'
import { bars, higherIsBetter, noneIsBest, now, number, overTime, ranking } from './panel.mjs'
import { BAR, CHOSEN, count, FAILURES, quantile, RANGE, RETRIES, RUNS, STEP_BUCKETS, successRate } from './query.mjs'
import { durations, outcomes, runCount, successes } from './run-panels.mjs'

/** How every workflow stands. */
export const workflows = dashboard({
  uid: 'runspan-workflows',
  title: 'Workflows',
  description: 'How every workflow stands: what the Runspan wrapper measured, whatever of it was sampled.',
  one: false,
})
  .withPanel(successes())
  .withPanel(runCount())
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
  .withPanel(outcomes())
  .withPanel(durations('How long runs took, estimated from buckets.', [0.5, 0.95, 0.99]))
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
