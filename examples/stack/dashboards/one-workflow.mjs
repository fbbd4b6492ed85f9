import { CustomVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { dashboard } from './dashboard.mjs'
import { bars, heatmap, higherIsBetter, lines, now, number, overTime, ranking, withExemplars } from './panel.mjs'
import { BAR, CHOSEN, count, FAILURE_WORDS, FAILURES, quantile, RANGE, RATE, STEP_BUCKETS, STEPS } from './query.mjs'
import { durations, outcomes, runCount, successes } from './run-panels.mjs'

const FAILED_SPANS =
  'service_name=~"$service",runspan_kind="run",runspan_name=~"$workflow",status_code="STATUS_CODE_ERROR"'

/** What Grafana's Jaeger data source is asked; the foundation SDK has no builder for it. */
const failedTraces = {
  build: () => ({
    refId: 'A',
    datasource: { type: 'jaeger', uid: '$' + '{traces}' },
    queryType: 'search',
    service: '$service',
    // Of the tag "error" some stores know only the opposite; the outcome is the same everywhere.
    tags: '{"runspan.kind":"run","runspan.name":"$workflow","runspan.outcome":"$failure"}',
    limit: 20,
  }),
}

/** One workflow: its trend, its steps and its last failures. */
export const oneWorkflow = dashboard({
  uid: 'runspan-one-workflow',
  title: 'One workflow',
  description: 'One workflow: its trend, its steps, and its last failures with their traces.',
  one: true,
})
  .withVariable(new CustomVariableBuilder('failure').label('Last failures').values(FAILURE_WORDS.join(',')))
  .withPanel(successes(8))
  .withPanel(
    number({
      title: 'Last 100 runs',
      description: 'The success rate as each process knows it of its last 100 runs; the worst process.',
      unit: 'percentunit',
      query: now(`min (runspan_run_success_ratio{${CHOSEN}})`, 'last 100 runs'),
      colours: higherIsBetter(0.9, 0.99),
      width: 8,
    }),
  )
  .withPanel(runCount(8))
  .withPanel(durations('The trend of how long a run takes.', [0.5, 0.95]))
  .withPanel(outcomes())
  .withPanel(
    heatmap({
      title: 'Steps',
      description: 'How long steps took: how many in each class.',
      unit: 's',
      expr: count(STEP_BUCKETS, CHOSEN, BAR, 'le'),
    }),
  )
  .withPanel(
    ranking({
      title: 'p95 by step',
      description: 'The slowest first, all tries of a step together.',
      unit: 's',
      query: now(`sort_desc(${quantile(0.95, STEP_BUCKETS, CHOSEN, RANGE, 'runspan_step')})`, '{{runspan_step}}'),
    }),
  )
  .withPanel(
    bars({
      title: 'Failures by step',
      description: 'Which step failed, and by what kind of error.',
      unit: 'short',
      queries: [
        overTime(
          count(STEPS, `${CHOSEN},${FAILURES}`, BAR, 'runspan_step, error_type'),
          '{{runspan_step}}: {{error_type}}',
        ),
      ],
    }),
  )
  .withPanel(
    lines({
      title: 'Failed runs and their traces',
      description: 'How long failed runs took, by their spans. Each dot is a run: follow it to its trace.',
      unit: 's',
      queries: [
        withExemplars(
          quantile(0.95, 'traces_span_metrics_duration_seconds_bucket', FAILED_SPANS, RATE, 'error_type'),
          'p95 of failed runs: {{error_type}}',
        ),
      ],
    }),
  )
  .withPanel(
    new Table()
      .title('Last failures')
      .description('The latest runs in Jaeger with the outcome chosen above; the trace id opens the trace.')
      .datasource({ type: 'jaeger', uid: '$' + '{traces}' })
      .unit('none')
      .span(24)
      .height(8)
      .withTarget(failedTraces),
  )
