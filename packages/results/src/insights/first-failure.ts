import type { DetailedDocument, DocumentError, StepNode } from '../core/document.js'
import type { Outcome } from '../core/outcome.js'
import { compareInstants } from './instant.js'
import { verdictOf } from './verdict.js'
import { failedItself, type NamePath, toNames, walkSteps } from './walk.js'

/** The step where a run went wrong. */
export interface FailurePoint {
  /** The names from the outermost step down to this one. */
  path: string[]
  span_id: string
  run_id: string
  title: string
  outcome: Outcome
  /** How many times it was tried; 1 for a step without attempts. */
  attempts: number
  /** True when a step around it passed all the same. */
  handled: boolean
  started_at: string
  error: DocumentError | null
}

/**
 * The first failing step of a run: of the failing steps that have no failing step directly below, the one that started
 * first (then the lower ordinal, then the order of the tree). A step whose failure a step around it got over is taken
 * only when there is no other. Null when no step failed.
 */
export function firstFailure(document: DetailedDocument): FailurePoint | null {
  interface Place extends NamePath {
    readonly above: Place | null
    readonly handled: boolean
  }
  let first: { step: StepNode; place: Place } | null = null
  walkSteps<Place | null>(document.steps, null, (step, above) => {
    const handled = above?.handled === true || verdictOf(step.outcome) === 'pass'
    const place: Place = { name: step.name, above, handled }
    if (failedItself(step) && (first === null || comesBefore(step, place, first.step, first.place))) {
      first = { step, place }
    }
    return place
  })
  const found = first as { step: StepNode; place: Place } | null
  if (found === null) return null
  const { step, place } = found
  return {
    path: toNames(place),
    span_id: step.span_id,
    run_id: step.run_id,
    title: step.title,
    outcome: step.outcome,
    attempts: Math.max(1, step.attempts.length),
    handled: place.handled,
    started_at: step.started_at,
    error: step.error,
  }
}

interface Handled {
  readonly handled: boolean
}

function comesBefore(step: StepNode, place: Handled, other: StepNode, otherPlace: Handled): boolean {
  if (place.handled !== otherPlace.handled) return otherPlace.handled
  const byStart = compareInstants(step.started_at, other.started_at)
  if (byStart !== 0) return byStart < 0
  return (step.ordinal ?? Number.POSITIVE_INFINITY) < (other.ordinal ?? Number.POSITIVE_INFINITY)
}
