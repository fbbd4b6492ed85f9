import { OUTCOMES, type Outcome } from '../core/outcome.js'
import type { JsonDiff } from '../insights/diff-json.js'
import type { DiffChanges, DiffSide, RunDiff, StepDiff } from '../insights/diff-runs.js'
import { OUTCOME_COLOURS, paint } from '../terminal/colour.js'
import { formatDuration } from '../terminal/duration.js'
import { maskControls } from '../terminal/mask.js'
import { fitLine, marks, type TextStyle } from '../terminal/row.js'
import { cutEnd, cutMiddle, pad, textWidth } from '../terminal/width.js'
import { plural } from './counts.js'
import { outcomeLabel } from './palette.js'
import { pathText } from './path-text.js'
import { errorText } from './phrases.js'

/** How to print a comparison: 80 columns, without colours and with UTF-8, unless it says something else. */
export type DiffTextOptions = Partial<TextStyle>

interface Cell {
  readonly text: string
  readonly outcome: Outcome | null
}

interface Line {
  readonly step: string
  readonly a: Cell
  readonly b: Cell
  readonly change: string
  readonly details: readonly string[]
}

/** A comparison of two runs as lines for a terminal, as wide as it is; every line ends with a line feed. */
export function diffText(diff: RunDiff, options: DiffTextOptions = {}): string {
  const style = { width: options.width ?? 80, colour: options.colour ?? false, utf8: options.utf8 ?? true }
  const lines = withoutCovered(diff.steps).map(({ step, below }) => stepLine(step, below, diff, style))
  if (diff.run !== null) lines.push(runLine(diff, diff.run, style))
  const text = lines.length === 0 ? [] : tableOf(lines, diff, style)
  text.push(closing(diff, style))
  return `${text.map((line) => line.trimEnd()).join('\n')}\n`
}

function closing({ unchanged, slower_by, slower_by_ms, steps, run }: RunDiff, style: TextStyle): string {
  const same = steps.length === 0 && run === null ? 'no change: ' : ''
  const limits = `under ${Math.round(slower_by * 1000) / 10} % or ${formatDuration(slower_by_ms)}`
  return fitLine(`${same}${plural(unchanged, 'step')} unchanged (${limits})`, style)
}

function tableOf(lines: readonly Line[], diff: RunDiff, style: TextStyle): string[] {
  const { cut } = marks(style.utf8)
  const heads = [runTitle(diff.a.id, diff.a.key), runTitle(diff.b.id, diff.b.key)] as const
  const [wa, wb] = [columnWidth(lines, 'a', heads[0]), columnWidth(lines, 'b', heads[1])]
  const longest = lines.reduce((most, { step }) => Math.max(most, textWidth(step)), 4)
  const changes = lines.reduce((most, { change }) => Math.max(most, textWidth(change)), 6)
  // The step and the change share what the outcomes leave; the outcome is never cut.
  const rest = Math.max(16, style.width - wa - wb - 6)
  const ws = Math.min(longest, Math.max(Math.floor(rest / 2), rest - changes))
  const wc = rest - ws
  const row = (step: string, a: string, b: string, change: string): string => `${step}  ${a}  ${b}  ${change}`
  const text = [
    row(pad('STEP', ws), pad(cutMiddle(heads[0], wa, cut), wa), pad(cutMiddle(heads[1], wb, cut), wb), 'CHANGE'),
  ]
  for (const line of lines) {
    const step = pad(cutMiddle(line.step, ws, cut), ws)
    text.push(row(step, cellText(line.a, wa, style), cellText(line.b, wb, style), cutEnd(line.change, wc, cut)))
    for (const detail of line.details) text.push(fitLine(`  ${detail}`, style))
  }
  return text
}

/** Wide enough for every outcome; a long id, such as a UUID, has at least twelve columns. */
function columnWidth(lines: readonly Line[], side: 'a' | 'b', head: string): number {
  return lines.reduce((most, line) => Math.max(most, textWidth(line[side].text)), Math.min(textWidth(head), 12))
}

function runTitle(id: string | null, key: string): string {
  return maskControls(id ?? key)
}

function cellText({ text, outcome }: Cell, width: number, style: TextStyle): string {
  const filled = pad(text, width)
  return outcome === null ? filled : paint(filled, OUTCOME_COLOURS[outcome], style.colour)
}

/** What lies below an added or removed step came or went with it: it is only counted. */
function withoutCovered(steps: readonly StepDiff[]): { step: StepDiff; below: number }[] {
  const kept: { step: StepDiff; below: number }[] = []
  let cover: { step: StepDiff; below: number } | null = null
  for (const step of steps) {
    if (cover !== null && step.path.length > cover.step.path.length) {
      cover.below += 1
      continue
    }
    const line = { step, below: 0 }
    kept.push(line)
    cover = step.kind === 'changed' ? null : line
  }
  return kept
}

function stepLine(step: StepDiff, below: number, diff: RunDiff, style: TextStyle): Line {
  const { changes } = step
  const name = pathText(step.path, step.occurrences, marks(style.utf8).cut)
  const came = below === 0 ? step.kind : `${step.kind} with ${plural(below, 'step')} below`
  const change = changes === null ? came : changeText(changes, step.a as DiffSide, step.b as DiffSide)
  const first = isFirst(step, diff) ? ' (first divergence)' : ''
  return {
    step: name,
    a: cellOf(step.a, style),
    b: cellOf(step.b, style),
    change: change + first,
    details: changes === null ? [] : detailsOf(changes, step.a as DiffSide, step.b as DiffSide, style),
  }
}

function runLine(diff: RunDiff, changes: DiffChanges, style: TextStyle): Line {
  const first = diff.first_divergence?.path.length === 0 ? ' (first divergence)' : ''
  return {
    step: 'run',
    a: cellOf(diff.a, style),
    b: cellOf(diff.b, style),
    change: changeText(changes, diff.a, diff.b) + first,
    details: detailsOf(changes, diff.a, diff.b, style),
  }
}

function isFirst({ path, occurrences }: StepDiff, { first_divergence: first }: RunDiff): boolean {
  if (first === null || first.path.length !== path.length) return false
  return path.every((name, i) => name === first.path[i] && occurrences[i] === first.occurrences[i])
}

function cellOf(side: DiffSide | null, style: TextStyle): Cell {
  if (side === null) return { text: '-', outcome: null }
  const { glyph, ascii } = OUTCOMES[side.outcome]
  const duration = side.duration_ms === null ? '' : ` ${formatDuration(side.duration_ms)}`
  return { text: `${style.utf8 ? glyph : ascii}${duration}`, outcome: side.outcome }
}

function changeText(changes: DiffChanges, a: DiffSide, b: DiffSide): string {
  const words: string[] = []
  if (changes.outcome) words.push(outcomeLabel(b.outcome))
  if (changes.delta_ms && (changes.speed !== null || changes.outcome)) words.push(deltaText(changes.delta_ms))
  if (changes.attempts)
    words.push(plural(b.attempts - 1, 'retry', 'retries') + (a.attempts > 1 ? `, not ${a.attempts - 1}` : ''))
  if (changes.error && !changes.outcome) words.push('error')
  if (changes.inputs !== null) words.push('inputs')
  if (changes.outputs !== null) words.push('outputs')
  return words.join(', ')
}

function deltaText(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${formatDuration(Math.abs(ms))}`
}

function detailsOf(changes: DiffChanges, a: DiffSide, b: DiffSide, style: TextStyle): string[] {
  const details: string[] = []
  if (changes.error) details.push(`error: ${errorOf(a)} ${arrow(style)} ${errorOf(b)}`)
  for (const [name, diff] of [['inputs', changes.inputs] as const, ['outputs', changes.outputs] as const]) {
    if (diff !== null) details.push(...jsonLines(name, diff, style))
  }
  return details
}

function jsonLines(name: string, { changes, left_off }: JsonDiff, style: TextStyle): string[] {
  const lines = changes.map(({ path, a, b }) => {
    const place = maskControls(name + path.slice(1))
    return `${place}: ${maskControls(a ?? 'none')} ${arrow(style)} ${maskControls(b ?? 'none')}`
  })
  if (left_off > 0) lines.push(`${name}: ${plural(left_off, 'more change', 'more changes')}`)
  return lines
}

function errorOf({ error }: DiffSide): string {
  if (error === null) return 'none'
  return maskControls(errorText(error))
}

function arrow({ utf8 }: TextStyle): string {
  return utf8 ? '→' : '->'
}
