import { ATTR } from '../core/attributes.js'
import { toDurationMs } from '../core/nanos.js'
import { OUTCOMES } from '../core/outcome.js'
import { numberOf, type SpanRecord, textOf } from '../core/record.js'
import { formatDuration } from './duration.js'
import { createLiveSteps, type FinishedStep, inTreeOrder, type RunningStep } from './live-steps.js'
import { formatRow, type TextStyle } from './row.js'
import { fitText } from './width.js'

/** How the live view is to look; read anew at each call, so that a getter can follow a resized window. */
export interface LiveStyle extends TextStyle {
  /** Lines of the screen; a third of them at most is used for what is running. */
  readonly rows: number
}

/** The text of work that is going on: it takes news of spans, and gives lines. It has no timer and writes nothing. */
export interface LiveView {
  add(record: SpanRecord): void
  /** A line for each step that ended, and for each try that will be followed by another, since the last call. */
  finishedLines(): string[]
  /** What is running; `now` is in milliseconds since 1970. */
  liveLines(now: number): string[]
  /** `still running: parse 1 m 30 s`, for where no lines can be drawn again; null when nothing runs. */
  stillRunning(now: number): string | null
}

// Only so many finished lines wait for a caller who does not come; what is over is counted, and said in one line.
const MAX_WAITING = 10_000
const BAR_COLUMNS = 10
const NAMED_STILL_RUNNING = 3

/** Begins the view of what a process does. */
export function createLiveView(style: LiveStyle): LiveView {
  const steps = createLiveSteps()
  let waiting: FinishedStep[] = []
  let leftOut = 0

  return {
    add(record) {
      const finished = steps.add(record)
      if (finished === undefined) return
      if (waiting.length < MAX_WAITING) waiting.push(finished)
      else leftOut += 1
    },
    finishedLines() {
      const lines = waiting.map((step) => finishedLine(step, style))
      if (leftOut > 0) lines.push(`+${leftOut.toLocaleString('en-US')} more finished`)
      waiting = []
      leftOut = 0
      return lines
    },
    liveLines(now) {
      const most = Math.max(1, Math.floor(style.rows / 3))
      const count = steps.running.size
      const shown = count <= most ? count : most - 1
      const lines: string[] = []
      for (const step of inTreeOrder(steps.running)) {
        if (lines.length === shown) break
        lines.push(runningLine(step, now, style))
      }
      if (count > shown) lines.push(`+${(count - shown).toLocaleString('en-US')} more`)
      return lines
    },
    stillRunning(now) {
      const innermost = leaves(steps.running)
      if (innermost.length === 0) return null
      const named = innermost
        .slice(0, NAMED_STILL_RUNNING)
        .map((step) => `${fitText(step.label, 60)} ${formatDuration(elapsed(step, now))}`)
      const more = innermost.length - named.length
      return `still running: ${named.join(', ')}${more > 0 ? `, +${more.toLocaleString('en-US')} more` : ''}`
    },
  }
}

/** The line of a step that ended, or of a try that will be followed by another. */
export function finishedLine(step: FinishedStep, style: TextStyle): string {
  const { record, depth, label, outcome } = step
  const duration = formatDuration(record.end === null ? null : toDurationMs(record.start, record.end))
  return formatRow({ depth, outcome, label, duration, note: noteOf(step) }, style)
}

function noteOf({ record, outcome, tries }: FinishedStep): string {
  const error = errorText(record)
  const reason = textOf(record, ATTR.outcomeReason)
  if (outcome === 'retry') return join([`attempt ${numberOf(record, ATTR.attempt) ?? 1}: ${error}`, reason])
  if (OUTCOMES[outcome].failure) return join([error || reason, tries > 1 ? `${tries} tries` : undefined])
  return join([reason, tries > 1 ? `${tries} tries` : undefined, warningsText(record)])
}

function errorText(record: SpanRecord): string {
  const type = textOf(record, ATTR.errorType)
  const message = textOf(record, ATTR.exceptionMessage)?.split('\n', 1)[0]
  return [type, message].filter(Boolean).join(': ')
}

function warningsText(record: SpanRecord): string | undefined {
  const json = textOf(record, ATTR.warnings)
  if (json === undefined) return undefined
  try {
    const warnings: unknown = JSON.parse(json)
    const count = Array.isArray(warnings) ? warnings.length : 1
    return count === 1 ? '1 warning' : `${count} warnings`
  } catch {
    // Warnings that were cut cannot be counted, but there are some.
    return 'warnings'
  }
}

function runningLine(step: RunningStep, now: number, style: TextStyle): string {
  const progress = numberOf(step.record, ATTR.progress)
  const note = join([
    progress === undefined ? undefined : `${bar(progress)} ${Math.floor(clamp(progress) * 100)} %`,
    step.attempt !== null && step.attempt > 1 ? `attempt ${step.attempt}` : undefined,
  ])
  const duration = formatDuration(elapsed(step, now))
  return formatRow({ depth: step.depth, outcome: 'running', label: step.label, duration, note }, style)
}

function elapsed(step: RunningStep, now: number): number {
  return Math.max(0, now - Number(step.record.start) / 1e6)
}

function leaves(running: ReadonlyMap<string, RunningStep>): RunningStep[] {
  const parents = new Set<string | null>()
  for (const step of running.values()) parents.add(step.parentId)
  return [...running.values()].filter((step) => !parents.has(step.record.spanId))
}

function bar(progress: number): string {
  const filled = Math.floor(clamp(progress) * BAR_COLUMNS)
  return '#'.repeat(filled).padEnd(BAR_COLUMNS, '.')
}

function clamp(progress: number): number {
  return Math.min(1, Math.max(0, progress))
}

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(', ')
}
