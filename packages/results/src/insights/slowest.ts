import type { DetailedDocument, StepNode } from '../core/document.js'
import type { Outcome } from '../core/outcome.js'
import { type Collector, collect } from './collector.js'
import { msBetween, roundMs } from './instant.js'
import { type NamePath, toNames, walkSteps } from './walk.js'

/** One step that took long. */
export interface SlowStep {
  workflow: string
  run_key: string
  run_id: string | null
  path: string[]
  span_id: string
  outcome: Outcome
  started_at: string
  duration_ms: number
  /** The part of it in which no step below it ran. */
  own_ms: number
}

/** How many of the slowest to keep. */
export interface SlowestOptions {
  /** @default 10 */
  limit?: number
}

/**
 * The steps that took the longest by themselves, over all runs, slowest first. A step's own time is its duration less
 * the time in which at least one step below it ran, so that a parent is not slow because its children are.
 */
export function createSlowestSteps(options: SlowestOptions = {}): Collector<SlowStep[]> {
  const limit = Math.max(0, Math.floor(options.limit ?? 10))
  const slowest: SlowStep[] = []
  return {
    add({ run, steps }) {
      walkSteps<NamePath | null>(steps, null, (step, above) => {
        const path = { name: step.name, above }
        // The own time is never more than the duration: most steps are out at once.
        const least = slowest.length < limit ? 0 : (slowest.at(-1)?.own_ms ?? Number.POSITIVE_INFINITY)
        if (step.duration_ms === null || step.duration_ms < least || limit === 0) return path
        const own = ownMs(step, step.duration_ms)
        if (slowest.length >= limit && own <= least) return path
        const at = slowest.findIndex(({ own_ms }) => own_ms < own)
        slowest.splice(at === -1 ? slowest.length : at, 0, {
          workflow: run.name,
          run_key: run.key,
          run_id: run.id,
          path: toNames(path),
          span_id: step.span_id,
          outcome: step.outcome,
          started_at: step.started_at,
          duration_ms: step.duration_ms,
          own_ms: own,
        })
        if (slowest.length > limit) slowest.pop()
        return path
      })
    },
    result: () => slowest.map((step) => ({ ...step })),
  }
}

/** The slowest steps of one or many documents; see {@link createSlowestSteps}. */
export function slowestSteps(documents: Iterable<DetailedDocument>, options: SlowestOptions = {}): SlowStep[] {
  return collect(createSlowestSteps(options), documents)
}

function ownMs(step: StepNode, duration: number): number {
  const spans = step.steps.map((child) => {
    const start = msBetween(step.started_at, child.started_at)
    return {
      start: Math.max(0, start),
      end: Math.min(duration, start + (child.duration_ms ?? Number.POSITIVE_INFINITY)),
    }
  })
  spans.sort((a, b) => a.start - b.start)
  let covered = 0
  let until = 0
  for (const { start, end } of spans) {
    if (!(end > until)) continue
    covered += end - Math.max(start, until)
    until = end
  }
  return roundMs(Math.max(0, duration - covered))
}
