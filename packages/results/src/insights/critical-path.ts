import type { DetailedDocument, StepNode } from '../core/document.js'
import { msBetween, roundMs } from './instant.js'
import { type NamePath, toNames } from './walk.js'

/** A stretch of time in which one step, or the run itself, held up the end of the run. */
export interface CriticalSegment {
  /** The names from the outermost step down; empty for the run itself. */
  path: string[]
  /** Null for the run itself. */
  span_id: string | null
  /** Milliseconds since the run's start. */
  start_ms: number
  duration_ms: number
}

/** What decided how long a run took. */
export interface CriticalPath {
  /** The whole time: the durations of the segments add up to it. */
  duration_ms: number
  /** In the order of time, without gaps. */
  segments: CriticalSegment[]
}

interface Span {
  readonly path: NamePath | null
  readonly spanId: string | null
  readonly steps: readonly StepNode[]
  readonly start: number
  readonly end: number
}

/**
 * The critical path of a run: the chain of steps without which it would have ended earlier. From the end of the run
 * backwards, the time belongs to the step that ended last; where that began, to the step beside it that had ended last
 * by then; and so on to the run's start. Time between two such steps, and time in a step in which none below it is on
 * the path, belongs to the step (or run) around them. The same holds within each step on the path. Of steps that ended
 * together the one that started first counts. Times of a step outside those of its parent are cut to them; a step
 * without an end lasts until its parent's. A run without an end lasts until the last time known of it.
 *
 * Null when the run's start is not known.
 */
export function criticalPath(document: DetailedDocument): CriticalPath | null {
  const { run, steps } = document
  if (run.started_at === null) return null
  const origin = run.started_at
  const end = run.duration_ms ?? latestMs(steps, origin)
  const found: (Span | CriticalSegment)[] = []
  const waiting: (Span | CriticalSegment)[] = [{ path: null, spanId: null, steps, start: 0, end }]
  // Pieces are laid down in the order of time, so the last one is taken up first and the result comes out backwards.
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!('steps' in next)) found.push(next)
    else for (const piece of cutUp(next, origin)) waiting.push(piece)
  }
  return { duration_ms: roundMs(end), segments: (found as CriticalSegment[]).reverse() }
}

function cutUp(span: Span, origin: string): (Span | CriticalSegment)[] {
  const pieces: (Span | CriticalSegment)[] = []
  let until = span.end
  const own = (from: number): void => {
    if (until > from) pieces.push(segmentOf(span, from, until))
  }
  for (const child of inEndOrder(span, origin)) {
    if (child.end > until) continue
    own(child.end)
    pieces.push(child)
    until = child.start
  }
  own(span.start)
  return pieces.reverse()
}

/** The steps below, cut to the time of their parent, the one that ended last first. */
function inEndOrder(span: Span, origin: string): Span[] {
  const children: Span[] = []
  for (const step of span.steps) {
    const started = msBetween(origin, step.started_at)
    const start = Math.max(span.start, started)
    const end = Math.min(span.end, step.duration_ms === null ? span.end : started + step.duration_ms)
    if (!(end > start)) continue
    children.push({ path: { name: step.name, above: span.path }, spanId: step.span_id, steps: step.steps, start, end })
  }
  return children.sort((a, b) => b.end - a.end || a.start - b.start)
}

function segmentOf(span: Span, from: number, until: number): CriticalSegment {
  return {
    path: toNames(span.path),
    span_id: span.spanId,
    start_ms: roundMs(from),
    duration_ms: roundMs(until - from),
  }
}

function latestMs(steps: readonly StepNode[], origin: string): number {
  let latest = 0
  const waiting: StepNode[] = [...steps]
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const started = msBetween(origin, step.started_at)
    const end = started + (step.duration_ms ?? 0)
    if (end > latest) latest = end
    for (const child of step.steps) waiting.push(child)
  }
  return latest
}
