import { type Attributes, createNoopMeter, type Meter, metrics, type Span } from '@opentelemetry/api'
import { ATTR, isFailure, type Outcome } from '@runspan/results/core'
import { createNames } from './metric-names.js'
import type { Open } from './open.js'
import { guard, report } from './report.js'
import { CICD, CICD_METRICS, EXECUTING, toCicdResult } from './semconv.js'
import { SCOPE, VERSION } from './tracer.js'

/** Every instrument of the wrapper: the only place that spells its name. */
export const METRICS = {
  runDuration: { name: 'runspan.run.duration', unit: 's', description: 'How long a run took' },
  stepDuration: {
    name: 'runspan.step.duration',
    unit: 's',
    description: 'How long a step took, all its tries together',
  },
  activeRuns: { name: 'runspan.run.active', unit: '{run}', description: 'Runs now open' },
  retries: { name: 'runspan.step.retries', unit: '{retry}', description: 'Tries after the first' },
  successRatio: {
    name: 'runspan.run.success_ratio',
    unit: '1',
    description: 'Successful among the successful and failed of the last 100 runs of a workflow in this process',
  },
} as const

/** The attributes of the instruments; never a run id, never free text. */
export const METRIC_ATTR = {
  workflow: 'runspan.workflow',
  step: 'runspan.step',
  outcome: ATTR.outcome,
  errorType: ATTR.errorType,
} as const

/** Seconds. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]
const LAST_RUNS = 100
const NOOP_METER = createNoopMeter()
const SHARED = Symbol.for('runspan.metrics/1')

interface Instruments {
  readonly started: (opened: Open) => void
  readonly ended: (opened: Open, outcome: Outcome, errorType: string | undefined, seconds: number) => void
  readonly retried: (opened: Open) => void
}

interface Shared {
  readonly provider: unknown
  readonly instruments: Instruments | null
}

/** The instruments of whichever meter provider is registered now, one set for all copies of the package. */
function active(): Instruments | null {
  const home = globalThis as { [SHARED]?: Shared }
  try {
    const provider = metrics.getMeterProvider()
    if (home[SHARED]?.provider === provider) return home[SHARED].instruments
    const meter = provider.getMeter(SCOPE, VERSION)
    const instruments = meter.constructor === NOOP_METER.constructor ? null : create(meter)
    home[SHARED] = { provider, instruments }
    return instruments
  } catch (error) {
    report('the meter provider gave no instruments', error)
    return null
  }
}

/** True when a duration is wanted that the span, not being recorded, will not tell. */
export function needsClock(span: Span): boolean {
  return durationOf(span) === undefined && active() !== null
}

/** Counts a run that began. */
export function countStart(opened: Open): void {
  if (!opened.active) return
  const found = active()
  if (found !== null) guard('a metric failed', () => found.started(opened))
}

/** Measures a run or step that ended. */
export function countEnd(opened: Open, outcome: Outcome, errorType: string | undefined): void {
  if (opened.kind === 'attempt') return
  const measured = durationOf(opened.span)
  // Without either, there was no meter provider at the start: there is nothing to tell of this one.
  if (measured === undefined && Number.isNaN(opened.startedAt)) return
  const found = active()
  if (found === null) return
  guard('a metric failed', () => {
    const seconds = measured ?? (performance.now() - opened.startedAt) / 1_000
    found.ended(opened, outcome, errorType, seconds)
  })
}

/** Counts one more try of a step. */
export function countRetry(opened: Open): void {
  const found = opened.active ? active() : null
  if (found !== null) guard('a metric failed', () => found.retried(opened))
}

/** What the SDK measured, in seconds, so that the clock is not read again; undefined for a span of another make. */
function durationOf(span: Span): number | undefined {
  const { duration } = span as { duration?: unknown }
  return Array.isArray(duration) ? duration[0] + duration[1] / 1e9 : undefined
}

function create(meter: Meter): Instruments {
  const { runDuration, stepDuration, activeRuns, retries, successRatio } = METRICS
  const advice = { explicitBucketBoundaries: BOUNDARIES }
  const runs = meter.createHistogram(runDuration.name, { ...runDuration, advice })
  const steps = meter.createHistogram(stepDuration.name, { ...stepDuration, advice })
  const open = meter.createUpDownCounter(activeRuns.name, activeRuns)
  const tries = meter.createCounter(retries.name, retries)
  const ratio = meter.createObservableGauge(successRatio.name, successRatio)
  const workflows = createNames()
  const stepNames = createNames()
  const recent = new Map<string, boolean[]>()
  let cicd: Cicd | undefined
  ratio.addCallback((result) => {
    for (const [workflow, ended] of recent) {
      result.observe(ended.filter(Boolean).length / ended.length, { [METRIC_ATTR.workflow]: workflow })
    }
  })
  /** The same name at a run's end as at its start, whatever happened to the list of names in between. */
  const workflowOf = (opened: Open): Attributes => {
    opened.metricName ??= opened.group.workflow === '' ? '' : workflows(opened.group.workflow)
    return opened.metricName === '' ? {} : { [METRIC_ATTR.workflow]: opened.metricName }
  }
  return {
    started(opened) {
      open.add(1, workflowOf(opened))
      if (!opened.group.cicd) return
      cicd ??= createCicd(meter)
      cicd.started(opened)
    },
    ended(opened, outcome, errorType, seconds) {
      // A run that began before there was a meter provider was not counted as open.
      const wasCounted = opened.metricName !== undefined
      const attributes = workflowOf(opened)
      if (opened.kind === 'run' && wasCounted) open.add(-1, { ...attributes })
      attributes[METRIC_ATTR.outcome] = outcome
      if (errorType !== undefined && isFailure(outcome)) attributes[METRIC_ATTR.errorType] = errorType
      if (opened.kind === 'step') {
        attributes[METRIC_ATTR.step] = stepNames(opened.target.name)
        if (seconds >= 0) steps.record(seconds, attributes)
        return
      }
      if (seconds >= 0) runs.record(seconds, attributes)
      if (opened.group.cicd) cicd?.ended(opened, outcome, errorType, seconds)
      if (outcome !== 'success' && !isFailure(outcome)) return
      const name = opened.metricName ?? ''
      const ended = recent.get(name) ?? []
      recent.set(name, ended)
      ended.push(!isFailure(outcome))
      if (ended.length > LAST_RUNS) ended.shift()
    },
    retried: (opened) => tries.add(1, { ...workflowOf(opened), [METRIC_ATTR.step]: stepNames(opened.target.name) }),
  }
}

type Cicd = Pick<Instruments, 'started' | 'ended'>

function createCicd(meter: Meter): Cicd {
  const durations = meter.createHistogram(CICD_METRICS.duration, {
    description: 'Duration of a pipeline run grouped by pipeline, state and result',
    unit: 's',
    advice: { explicitBucketBoundaries: BOUNDARIES },
  })
  const open = meter.createUpDownCounter(CICD_METRICS.active, {
    description: 'The number of pipeline runs currently active in the system by state',
    unit: '{run}',
  })
  const errors = meter.createCounter(CICD_METRICS.errors, {
    description: 'The number of errors encountered in pipeline runs',
    unit: '{error}',
  })
  const pipelineOf = (opened: Open): Attributes => ({
    [CICD.pipelineName]: opened.metricName,
    [CICD.runState]: EXECUTING,
  })
  return {
    started: (opened) => open.add(1, pipelineOf(opened)),
    ended(opened, outcome, errorType, seconds) {
      open.add(-1, pipelineOf(opened))
      const failed = errorType !== undefined && isFailure(outcome)
      const error: Attributes = failed ? { [METRIC_ATTR.errorType]: errorType } : {}
      if (seconds >= 0)
        durations.record(seconds, { ...pipelineOf(opened), [CICD.result]: toCicdResult(outcome), ...error })
      if (failed) errors.add(1, { [CICD.pipelineName]: opened.metricName, ...error })
    },
  }
}
