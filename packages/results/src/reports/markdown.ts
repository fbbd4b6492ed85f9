import { toText } from '../core/limits.js'
import { isFailure, OUTCOMES } from '../core/outcome.js'
import { formatDuration } from '../terminal/duration.js'
import { maskControls, maskLines } from '../terminal/mask.js'
import { fitText } from '../terminal/width.js'
import { countsText, plural } from './counts.js'
import { outcomeLabel } from './palette.js'
import { MAX_NAME, NO_TEXT, pathText } from './path-text.js'
import { culpritOf, errorText, factsOf, stateText } from './phrases.js'
import type { Report, ReportRun, ReportStep } from './report.js'
import { selectSteps } from './select.js'

/** How much a Markdown report shows. */
export interface MarkdownOptions {
  /**
   * The most steps per run in its table; failing ones come before others.
   * @default 100
   */
  maxSteps?: number
  /**
   * The most runs that are shown in full, failing ones first; the others are counted.
   * @default 20
   */
  maxRuns?: number
}

const MAX_MESSAGE = 300
const MAX_STACK = 8_000
/** GitHub drops a job summary above 1 MiB. */
const MAX_BYTES = 1_000_000

/**
 * The report as GitHub-flavoured Markdown, fit for a CI job summary: what failed comes first, tables stay small, all
 * that came from outside stands as code. With the default number of steps it stays below the 1 MiB that GitHub takes:
 * runs for which there is no more room are counted.
 */
export function reportMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const maxRuns = options.maxRuns ?? 20
  const ordered = [...report.runs].sort((a, b) => Number(isFailure(b.outcome)) - Number(isFailure(a.outcome)))
  const lines: string[] = []
  if (report.runs.length !== 1) lines.push(`# ${code(report.title)}`, '', countsText(report.counts, 'run'), '')
  let shown = 0
  let bytes = 0
  for (const run of ordered.slice(0, maxRuns)) {
    const added = linesOf(run, options.maxSteps ?? 100)
    bytes += added.reduce((sum, line) => sum + bytesOf(line), 0)
    if (shown > 0 && bytes > MAX_BYTES) break
    lines.push(...added)
    shown += 1
  }
  if (ordered.length > shown) lines.push(`… and ${plural(ordered.length - shown, 'more run')}.`, '')
  return `${lines.join('\n').trimEnd()}\n`
}

/** At least as many as the line takes in UTF-8, with its end. */
function bytesOf(line: string): number {
  return line.length + 1 + 2 * (line.match(/[^\x20-\x7e]/g)?.length ?? 0)
}

function linesOf(run: ReportRun, maxSteps: number): string[] {
  const lines: string[] = []
  const version = run.version === null ? '' : ` ${code(run.version)}`
  lines.push(`## ${OUTCOMES[run.outcome].glyph} ${code(run.name)}${version}: ${stateText(run)}`, '')
  const facts = factsOf(run)
  if (run.id !== null) facts.push(`run ${code(run.id)}`)
  lines.push(facts.join(' · '), '')
  addFailure(lines, run)
  addSteps(lines, run, maxSteps)
  return lines
}

function addFailure(lines: string[], run: ReportRun): void {
  const point = culpritOf(run)
  if (point !== null) {
    const facts = [code(pathText(point.path)), outcomeLabel(point.outcome)]
    if (point.attempts > 1) facts.push(`${point.attempts} attempts`)
    if (point.error?.category) facts.push(code(point.error.category))
    lines.push(`**First failure:** ${facts.join(' · ')}`, '')
  }
  const error = point?.error ?? run.error
  if (error === null) return
  lines.push(code(fitText(errorText(error), MAX_MESSAGE)), '')
  if (error.stacktrace !== null) addStack(lines, error.stacktrace)
}

function addStack(lines: string[], stack: string): void {
  const text = maskLines(toText(stack, MAX_STACK))
  const runs = text.match(/`+/g)?.map((ticks) => ticks.length) ?? []
  const fence = '`'.repeat(runs.reduce((longest, length) => Math.max(longest, length + 1), 3))
  lines.push('<details><summary>Stack trace</summary>', '', `${fence}text`, text, fence, '', '</details>', '')
}

function addSteps(lines: string[], run: ReportRun, maxSteps: number): void {
  if (run.steps.length === 0) return
  lines.push('| | Step | Outcome | Duration | Tries | Error |', '|---|---|---|--:|--:|---|')
  for (const shown of selectSteps(run.steps, maxSteps)) {
    lines.push('omitted' in shown ? `| | … ${plural(shown.omitted, 'step')} not shown | | | | |` : rowOf(shown))
  }
  lines.push('')
}

function rowOf(step: ReportStep): string {
  const indent = '&ensp;'.repeat(Math.min(step.depth, 10))
  const error = step.failed_itself && step.error !== null ? code(fitText(errorText(step.error), 120)) : ''
  const tries = step.attempts.length > 1 ? String(step.attempts.length) : ''
  const cells = [
    OUTCOMES[step.outcome].glyph,
    `${indent}${code(fitText(step.title, MAX_NAME))}`,
    outcomeLabel(step.outcome),
    formatDuration(step.duration_ms),
    tries,
    error || (step.reason === null ? '' : code(fitText(step.reason, 120))),
  ]
  return `| ${cells.join(' | ')} |`
}

/**
 * Text from outside, as code. A `<code>` element is used instead of backticks because in a table backticks protect
 * neither `|` nor `\|` in every reader; a numeric entity can never begin a Markdown construct.
 */
function code(text: string): string {
  const escaped = (maskControls(text).trim() || NO_TEXT)
    .replace(/[&<>"'\\|`*_{}[\]#~!$@:^]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`)
  return `<code>${escaped}</code>`
}
