import { type Attributes, type Meter, metrics } from '@opentelemetry/api'
import { ATTR, isFailure, serializeError } from '@runspan/results/core'
import type { Settled } from './close.js'
import type { Open } from './open.js'
import { guard } from './report.js'
import { VERSION } from './tracer.js'

/** Seconds. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]
const MAX_NAMES = 1_000
const OTHER = 'other'
const LAST_RUNS = 100

interface Instruments {
  readonly started: (opened: Open) => void
  readonly ended: (opened: Open, settled: Settled) => void
  readonly retried: (opened: Open) => void
}

const NONE = metrics.getMeterProvider().constructor.name
let provider: unknown
let instruments: Instruments | null = null

/** The instruments of whichever meter provider is registered now; null when there is none. */
function active(): Instruments | null {
  const current = metrics.getMeterProvider()
  if (current === provider) return instruments
  provider = current
  instruments = current.constructor.name === NONE ? null : create(current.getMeter('@runspan/sdk', VERSION))
  return instruments
}

/** Counts a run that began. */
export function countStart(opened: Open): void {
  const found = active()
  if (found !== null) guard('a metric failed', () => found.started(opened))
}

/** Measures a run or step that ended. */
export function countEnd(opened: Open, settled: Settled): void {
  const found = active()
  if (found !== null) guard('a metric failed', () => found.ended(opened, settled))
}

/** Counts one more try of a step. */
export function countRetry(opened: Open): void {
  const found = active()
  if (found !== null) guard('a metric failed', () => found.retried(opened))
}

function create(meter: Meter): Instruments {
  const advice = { explicitBucketBoundaries: BOUNDARIES }
  const runDuration = meter.createHistogram('runspan.run.duration', {
    description: 'How long a run took',
    unit: 's',
    advice,
  })
  const stepDuration = meter.createHistogram('runspan.step.duration', {
    description: 'How long a step took, all its tries together',
    unit: 's',
    advice,
  })
  const activeRuns = meter.createUpDownCounter('runspan.run.active', { description: 'Runs now open', unit: '{run}' })
  const retries = meter.createCounter('runspan.step.retries', { description: 'Tries after the first', unit: '{retry}' })
  const ratio = meter.createObservableGauge('runspan.run.success_ratio', {
    description: `Successful among the successful and failed of the last ${LAST_RUNS} runs of a workflow`,
    unit: '1',
  })
  const bound = createNames()
  const recent = new Map<string, boolean[]>()
  ratio.addCallback((result) => {
    for (const [workflow, runs] of recent) {
      result.observe(runs.filter(Boolean).length / runs.length, { 'runspan.workflow': workflow })
    }
  })
  const workflowOf = (opened: Open) => bound(opened.group.workflow)
  return {
    started: (opened) => activeRuns.add(1, { 'runspan.workflow': workflowOf(opened) }),
    ended(opened, settled) {
      if (opened.kind === 'attempt') return
      const workflow = workflowOf(opened)
      const attributes: Attributes = { 'runspan.workflow': workflow, [ATTR.outcome]: settled.outcome }
      if (isFailure(settled.outcome) && 'error' in settled)
        attributes[ATTR.errorType] = serializeError(settled.error).type
      const seconds = (performance.now() - opened.startedAt) / 1_000
      if (opened.kind === 'step') {
        attributes['runspan.step'] = bound(opened.target.name)
        stepDuration.record(seconds, attributes)
        return
      }
      runDuration.record(seconds, attributes)
      activeRuns.add(-1, { 'runspan.workflow': workflow })
      if (settled.outcome !== 'success' && !isFailure(settled.outcome)) return
      const runs = recent.get(workflow) ?? []
      recent.set(workflow, runs)
      runs.push(!isFailure(settled.outcome))
      if (runs.length > LAST_RUNS) runs.shift()
    },
    retried: (opened) =>
      retries.add(1, { 'runspan.workflow': workflowOf(opened), 'runspan.step': bound(opened.target.name) }),
  }
}

/** A bounded vocabulary: the first names stay themselves, what comes after is `other`. */
function createNames(): (name: string) => string {
  const known = new Set<string>()
  return (name) => {
    if (known.has(name)) return name
    if (known.size >= MAX_NAMES) return OTHER
    known.add(name)
    return name
  }
}
