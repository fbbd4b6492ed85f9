import type { DetailedDocument, DocumentError } from '../core/document.js'
import { ERROR_CATEGORY } from '../core/error-code.js'
import { isFailure, isTerminal, OUTCOME_WORDS, type Outcome } from '../core/outcome.js'
import { firstFailure } from '../insights/first-failure.js'
import { failedItself, walkSteps } from '../insights/walk.js'
import { paint } from './colour.js'
import { formatDuration } from './duration.js'
import { headingLine } from './heading.js'
import { fitLine, marks, type TextStyle } from './row.js'
import { fitText, pad, textWidth } from './width.js'

/** How the summary is to look. */
export interface SummaryStyle extends TextStyle {
  /** What is taken off the front of file names in a stack, such as the working directory. @default nothing */
  readonly base?: string
  /** The end of the line that counts the stack's other frames. @default `in the document` */
  readonly more?: string
}

interface Counts {
  readonly outcomes: ReadonlyMap<Outcome, number>
  readonly retries: number
  readonly warnings: number
}

/** What came of a run, at its end: one line, and when something failed, which step, why and where. */
export function summaryLines(document: DetailedDocument, style: SummaryStyle): string[] {
  const { run } = document
  const { dot } = marks(style.utf8)
  const time = isTerminal(run.outcome) ? ` in ${formatDuration(run.duration_ms)}` : ''
  const facts = [wordOf(run.outcome) + time]
  const counts = countsText(document)
  const oneLine = headingLine(run, counts === '' ? facts : [...facts, counts], style)
  const short = headingLine(run, facts, style)
  const fits = counts === '' || style.width >= textWidth(`${facts[0]} ${dot} ${counts}`) + 36
  return [...(fits ? [oneLine] : [short, fitLine(`  ${counts}`, style)]), ...failureLines(document, style)]
}

/** Pairs of a word and what it stands for, in two columns: `document  results/daily_import/0041.json`. */
export function factLines(facts: readonly (readonly [string, string])[]): string[] {
  const columns = Math.max(0, ...facts.map(([word]) => textWidth(word)))
  return facts.map(([word, value]) => `${pad(word, columns)}  ${fitText(value, Number.POSITIVE_INFINITY)}`)
}

/** The first failing step with its path, tries, code, message and the head of its stack; nothing when none failed. */
export function failureLines(document: DetailedDocument, style: SummaryStyle): string[] {
  const failure = firstFailure(document)
  const error = failure?.error ?? document.run.error
  if (failure === null && !isFailure(document.run.outcome)) return []
  const path = failure === null ? document.run.name : failure.path.join(' > ')
  const tries = failure === null || failure.attempts < 2 ? '' : triesText(failure.attempts, error)
  const codes = [error?.category, error?.code === null || error === null ? '' : `code ${error.code}`]
  const title = failure !== null && failure.title !== failure.path.at(-1) ? ` (${failure.title})` : ''
  const head = [`${path}${title}`, tries, ...codes].filter(Boolean).join('   ')
  const lines = [`  ${fitText(head, style.width - 2, marks(style.utf8).cut)}`]
  const message = [error?.type, error?.message?.split('\n', 1)[0]].filter(Boolean).join(': ')
  if (message !== '') {
    lines.push(`  ${paint(fitText(message, style.width - 2, marks(style.utf8).cut), 'red', style.colour)}`)
  }
  return [...lines, ...stackHead(error?.stacktrace ?? null, style)]
}

function triesText(attempts: number, error: DocumentError | null): string {
  const isUsedUp = error?.category === ERROR_CATEGORY.retryExhausted
  return isUsedUp ? `attempt ${attempts} of ${attempts}` : `attempt ${attempts}`
}

/** The first frame that is the user's own, and how many more there are. */
function stackHead(stack: string | null, style: SummaryStyle): string[] {
  if (stack === null) return []
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  const frame = frames.find((line) => !/\(?node:|node_modules/.test(line)) ?? frames[0]
  if (frame === undefined) return []
  const base = style.base ?? ''
  const short = base === '' ? frame : frame.replace(`file://${base}/`, '').replace(`${base}/`, '')
  const lines = [`      ${fitText(short.trim(), style.width - 6, marks(style.utf8).cut)}`]
  const more = frames.length - 1
  if (more > 0) {
    const text = `      ${more} more frame${more === 1 ? '' : 's'}: ${style.more ?? 'in the document'}`
    lines.push(fitLine(text, style))
  }
  return lines
}

function countsText(document: DetailedDocument): string {
  const { outcomes, retries, warnings } = count(document)
  const parts = OUTCOME_WORDS.flatMap((outcome) => {
    const number = outcomes.get(outcome)
    return number === undefined
      ? []
      : [`${number.toLocaleString('en-US')} ${outcome === 'success' ? 'ok' : wordOf(outcome)}`]
  })
  if (retries > 0) parts.push(retries === 1 ? '1 retry' : `${retries.toLocaleString('en-US')} retries`)
  if (warnings > 0) parts.push(warnings === 1 ? '1 warning' : `${warnings.toLocaleString('en-US')} warnings`)
  return parts.join(', ')
}

/** Counts the steps by outcome; one that failed only because a step in it did is not counted a second time. */
function count(document: DetailedDocument): Counts {
  const outcomes = new Map<Outcome, number>()
  let retries = 0
  let warnings = document.run.warnings.length
  walkSteps(document.steps, null, (step) => {
    retries += step.attempts.filter(({ outcome }) => outcome === 'retry').length
    warnings += step.warnings.length
    if (!isFailure(step.outcome) || failedItself(step))
      outcomes.set(step.outcome, (outcomes.get(step.outcome) ?? 0) + 1)
    return null
  })
  return { outcomes, retries, warnings }
}

function wordOf(outcome: Outcome): string {
  return outcome.replace('_', ' ')
}
