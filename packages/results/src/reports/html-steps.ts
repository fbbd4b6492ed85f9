import { toText } from '../core/limits.js'
import { isFailure, isTerminal, OUTCOMES } from '../core/outcome.js'
import { formatDuration } from '../terminal/duration.js'
import { maskLines } from '../terminal/mask.js'
import { fitText } from '../terminal/width.js'
import { plural } from './counts.js'
import { escapeMarkup } from './markup.js'
import { outcomeLabel } from './palette.js'
import { MAX_NAME, NO_TEXT } from './path-text.js'
import { errorText } from './phrases.js'
import type { ReportAttempt, ReportRun, ReportStep } from './report.js'
import { selectSteps } from './select.js'

/** How much room is left for stack traces, in UTF-16 code units; shared by all steps of a report. */
export interface StackRoom {
  left: number
}

const MAX_MESSAGE = 2_000
const MAX_STACK = 20_000
const MAX_ATTEMPTS = 50
const MAX_DEPTH = 12

/** The steps of a run as rows with bars on a common scale of time. */
export function stepsHtml(run: ReportRun, maxSteps: number, room: StackRoom): string {
  if (run.steps.length === 0) return '<p class="quiet">No steps.</p>\n'
  const total = run.steps.reduce((end, step) => Math.max(end, endOf(step)), run.duration_ms ?? 0)
  const timed = total > 0 && run.started_at !== null
  const parts = ['<div class="steps" role="table" aria-label="Steps">\n', headHtml(timed ? total : null)]
  for (const shown of selectSteps(run.steps, maxSteps)) {
    if ('omitted' in shown) parts.push(omittedHtml(shown.omitted))
    else parts.push(rowHtml(shown, timed ? total : null, room))
  }
  parts.push('</div>\n')
  return parts.join('')
}

function headHtml(total: number | null): string {
  const axis = total === null ? '' : `<span>0</span><span>${formatDuration(total)}</span>`
  return `<div class="row head" role="row"><span role="columnheader">Step</span><span role="columnheader">Outcome</span><span class="time" role="columnheader">Duration</span><span class="axis" role="columnheader" aria-label="Timeline">${axis}</span></div>\n`
}

function omittedHtml(n: number): string {
  return `<div class="row" role="row"><span class="quiet" role="cell">… ${plural(n, 'step')} not shown</span></div>\n`
}

function rowHtml(step: ReportStep, total: number | null, room: StackRoom): string {
  const { outcome, depth } = step
  const notes: string[] = []
  if (step.kind === 'run') notes.push('run')
  if (depth > MAX_DEPTH) notes.push(`level ${depth + 1}`)
  if (step.attempts.length > 1) notes.push(plural(step.attempts.length, 'try', 'tries'))
  const note = notes.length === 0 ? '' : ` <span class="note">${notes.join(', ')}</span>`
  return (
    `<div class="row ${outcome}" role="row" style="--d:${Math.min(depth, MAX_DEPTH)}">` +
    `<span class="name" role="cell"><span class="glyph" aria-hidden="true">${OUTCOMES[outcome].glyph}</span>${text(step.title, MAX_NAME)}${note}</span>` +
    `<span class="word" role="cell">${outcomeLabel(outcome)}</span>` +
    `<span class="time" role="cell">${formatDuration(step.duration_ms)}</span>` +
    `<span class="track" role="cell">${total === null ? '' : barsHtml(step, total)}</span>${moreHtml(step, room)}</div>\n`
  )
}

/** A retried step is a hatched bar, its waits, with the attempts upon it. */
function barsHtml(step: ReportStep, total: number): string {
  if (step.attempts.length < 2) return barHtml(step, step.outcome, total)
  const tries = step.attempts.slice(0, MAX_ATTEMPTS).map((attempt) => barHtml(attempt, attempt.outcome, total))
  return barHtml(step, 'wait', total) + tries.join('')
}

function barHtml(span: ReportStep | ReportAttempt, kind: string, total: number): string {
  if (span.offset_ms === null) return ''
  const open = span.duration_ms === null && !isTerminal(span.outcome) ? ' open' : ''
  const left = clamp(span.offset_ms / total)
  const width = clamp(endOf(span, total) / total) - left
  return `<i class="bar ${kind}${open}" style="left:${percent(Math.min(left, 0.998))};width:${percent(Math.max(0, width))}"></i>`
}

/** What has no end lasts, as far as anybody knows, until now: the end of the scale. */
function endOf({ offset_ms, duration_ms }: ReportStep | ReportAttempt, now = 0): number {
  return offset_ms === null ? 0 : duration_ms === null ? now : offset_ms + duration_ms
}

function moreHtml(step: ReportStep, room: StackRoom): string {
  const parts: string[] = []
  const error = step.failed_itself ? step.error : null
  if (error !== null) {
    const facts = [error.category, error.code === null ? null : `code ${error.code}`].filter((fact) => fact !== null)
    const quiet = facts.length === 0 ? '' : ` <span class="note">${text(facts.join(', '), MAX_NAME)}</span>`
    parts.push(`<div class="fault">${text(errorText(error), MAX_MESSAGE)}${quiet}</div>`)
  } else if (step.reason !== null) parts.push(`<div class="fault quiet">${text(step.reason, MAX_MESSAGE)}</div>`)
  if (step.attempts.length > 1) parts.push(attemptsHtml(step.attempts))
  if (error?.stacktrace) parts.push(stackHtml(error.stacktrace, room))
  if (step.warnings.length > 0) parts.push(warningsHtml(step))
  return parts.length === 0 ? '' : `<div class="more" role="cell">${parts.join('')}</div>`
}

function attemptsHtml(attempts: readonly ReportAttempt[]): string {
  const items = attempts.slice(0, MAX_ATTEMPTS).map(({ attempt, outcome, duration_ms, error }) => {
    const why = error === null ? '' : `: ${text(errorText(error), MAX_NAME)}`
    return `<li>attempt ${attempt ?? '?'}: <span class="state ${outcome}">${OUTCOMES[outcome].glyph} ${outcomeLabel(outcome)}</span>, ${formatDuration(duration_ms)}${why}</li>`
  })
  if (attempts.length > MAX_ATTEMPTS) items.push(`<li>… ${attempts.length - MAX_ATTEMPTS} more</li>`)
  const open = attempts.some(({ outcome }) => isFailure(outcome)) ? ' open' : ''
  return `<details${open}><summary>${plural(attempts.length, 'attempt')}</summary><ul>${items.join('')}</ul></details>`
}

function warningsHtml({ warnings }: ReportStep): string {
  const items = warnings.slice(0, 20).map((warning) => {
    return `<li>${text(typeof warning === 'string' ? warning : JSON.stringify(warning), MAX_NAME)}</li>`
  })
  if (warnings.length > items.length) items.push(`<li>… ${warnings.length - items.length} more</li>`)
  return `<details><summary>${plural(warnings.length, 'warning')}</summary><ul>${items.join('')}</ul></details>`
}

/** A stack trace that opens on demand; when there is no room left, a sentence that says so. */
export function stackHtml(stack: string, room: StackRoom): string {
  const shown = maskLines(toText(stack, MAX_STACK))
  if (shown.length > room.left) return '<p class="quiet">Stack trace left out: the report is full.</p>'
  room.left -= shown.length
  return `<details><summary>Stack trace</summary><pre>${escapeMarkup(shown)}</pre></details>`
}

/** Text from outside, in one line, isolated so that its direction cannot turn what is around it. */
export function text(value: string, max: number): string {
  if (value.trim() === '') return `<span class="quiet">${NO_TEXT}</span>`
  return `<bdi>${escapeMarkup(fitText(value, max))}</bdi>`
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`
}
