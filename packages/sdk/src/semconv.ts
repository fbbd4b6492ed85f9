import { OUTCOMES, type Outcome } from '@runspan/results/core'

/** The attribute names of OpenTelemetry's conventions for CI/CD; set when `semconv: ['cicd']` asks for them. */
export const CICD = {
  pipelineName: 'cicd.pipeline.name',
  runId: 'cicd.pipeline.run.id',
  runState: 'cicd.pipeline.run.state',
  result: 'cicd.pipeline.result',
  taskName: 'cicd.pipeline.task.name',
  taskRunId: 'cicd.pipeline.task.run.id',
  taskResult: 'cicd.pipeline.task.run.result',
} as const

/** The metric names of the same conventions. */
export const CICD_METRICS = {
  duration: 'cicd.pipeline.run.duration',
  active: 'cicd.pipeline.run.active',
  errors: 'cicd.pipeline.run.errors',
} as const

/** The only state that a run has while its code runs. */
export const EXECUTING = 'executing'

const RESULTS = {
  success: 'success',
  failed: 'failure',
  timed_out: 'timeout',
  cancelled: 'cancellation',
  skipped: 'skip',
  retry: 'failure',
  interrupted: 'error',
} as const satisfies Partial<Record<Outcome, string>>

/** The conventions' word for how a run or task ended; undefined while it has not. */
export function toCicdResult(outcome: Outcome): string | undefined {
  return OUTCOMES[outcome].terminal ? RESULTS[outcome as keyof typeof RESULTS] : undefined
}
