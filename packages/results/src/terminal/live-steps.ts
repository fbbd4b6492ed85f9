import { ATTR } from '../core/attributes.js'
import type { Outcome } from '../core/outcome.js'
import { kindOf, numberOf, type SpanRecord, textOf } from '../core/record.js'
import { nameOf, titleOf } from '../core/rows.js'
import { outcomeOf } from '../core/tree.js'
import { stepLabel } from './row.js'

/** A step that is running. */
export interface RunningStep {
  record: SpanRecord
  readonly depth: number
  readonly parentId: string | null
  readonly label: string
  /** The try that is going on, from 1; null for a step that is tried once. */
  attempt: number | null
  tries: number
}

/** A step that ended, or a try of one that will be followed by another. */
export interface FinishedStep {
  readonly record: SpanRecord
  readonly depth: number
  readonly label: string
  readonly outcome: Outcome
  readonly tries: number
}

/** What is known of the steps of a process, from the news of them. */
export interface LiveSteps {
  /** Takes news in; gives the step or try that this ended, if it did. */
  add(record: SpanRecord): FinishedStep | undefined
  readonly running: ReadonlyMap<string, RunningStep>
}

/** Where a step stands; a try stands where its step does. */
interface Place {
  readonly stepId: string
  readonly depth: number
}

// Where a span stands is remembered for the spans below it; far more than can be open at once on a screen.
const MAX_REMEMBERED = 20_000

/** Follows the running steps of a process. Its memory is bounded by what runs at once, and by {@link MAX_REMEMBERED}. */
export function createLiveSteps(): LiveSteps {
  const running = new Map<string, RunningStep>()
  const places = new Map<string, Place>()
  const ended = new Set<string>()

  const placeAbove = (record: SpanRecord): Place | undefined => {
    const parentId = textOf(record, ATTR.parentId) ?? record.parentSpanId
    return parentId === null ? undefined : places.get(parentId)
  }

  const remember = (record: SpanRecord, place: Place) => {
    places.set(record.spanId, place)
    if (places.size > MAX_REMEMBERED) places.delete(first(places.keys()))
  }

  const end = (record: SpanRecord): boolean => {
    if (ended.has(record.spanId)) return false
    ended.add(record.spanId)
    if (ended.size > MAX_REMEMBERED) ended.delete(first(ended))
    return true
  }

  const addAttempt = (record: SpanRecord): FinishedStep | undefined => {
    const place = placeAbove(record) ?? { stepId: record.spanId, depth: 0 }
    remember(record, place)
    const owner = running.get(place.stepId)
    const outcome = outcomeOf(record)
    if (owner !== undefined) {
      owner.attempt = numberOf(record, ATTR.attempt) ?? owner.attempt
      owner.tries = Math.max(owner.tries, owner.attempt ?? 0)
    }
    if (!isEnd(record) || !end(record) || outcome !== 'retry') return undefined
    return { record, depth: place.depth, label: owner?.label ?? labelOf(record), outcome, tries: owner?.tries ?? 0 }
  }

  const addStep = (record: SpanRecord): FinishedStep | undefined => {
    const known = running.get(record.spanId)
    const above = placeAbove(record)
    const isOutermostRun = kindOf(record) === 'run' && above === undefined
    const depth = known?.depth ?? (isOutermostRun ? -1 : (above?.depth ?? -1) + 1)
    if (isEnd(record)) {
      running.delete(record.spanId)
      if (!end(record) || isOutermostRun) return undefined
      return { record, depth, label: labelOf(record), outcome: outcomeOf(record), tries: known?.tries ?? 0 }
    }
    if (ended.has(record.spanId)) return undefined
    remember(record, { stepId: record.spanId, depth })
    if (isOutermostRun) return undefined
    if (known === undefined) {
      const parentId = above?.stepId ?? null
      running.set(record.spanId, { record, depth, parentId, label: labelOf(record), attempt: null, tries: 0 })
    } else {
      known.record = record
    }
    return undefined
  }

  return {
    running,
    add(record) {
      const kind = kindOf(record)
      if (kind === undefined) return undefined
      return kind === 'attempt' ? addAttempt(record) : addStep(record)
    },
  }
}

/** The running steps, each before the ones below it, as long as the caller asks for more. */
export function* inTreeOrder(running: ReadonlyMap<string, RunningStep>): Iterable<RunningStep> {
  const below = new Map<string | null, RunningStep[]>()
  for (const step of running.values()) {
    const parent = step.parentId !== null && running.has(step.parentId) ? step.parentId : null
    const siblings = below.get(parent)
    if (siblings === undefined) below.set(parent, [step])
    else siblings.push(step)
  }
  const waiting = (below.get(null) ?? []).reverse()
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    yield step
    for (const child of (below.get(step.record.spanId) ?? []).reverse()) waiting.push(child)
  }
}

function isEnd(record: SpanRecord): boolean {
  return record.phase === 'ended' || record.phase === 'interrupted'
}

function labelOf(record: SpanRecord): string {
  return stepLabel(nameOf(record), titleOf(record))
}

function first<T>(values: Iterable<T>): T {
  const [value] = values
  return value as T
}
