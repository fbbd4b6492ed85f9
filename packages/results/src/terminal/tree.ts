import type { DetailedDocument, StepNode } from '../core/document.js'
import { isFailure, isTerminal, OUTCOMES, type Outcome } from '../core/outcome.js'
import { failedItself } from '../insights/walk.js'
import { formatClock } from './clock.js'
import { formatDuration } from './duration.js'
import { headingLine } from './heading.js'
import { formatRow, indentColumns, marks, stepLabel, type TextStyle } from './row.js'
import { fitText, textWidth } from './width.js'

/** How the tree of a run is to look. */
export interface TreeStyle extends TextStyle {
  /** @default the machine's zone */
  readonly timeZone?: string
}

interface Row {
  readonly depth: number
  readonly outcome: Outcome
  readonly label: string
  readonly notes: readonly string[]
  readonly duration: number | null
  readonly from: number
  readonly to: number
}

const FOLD_ABOVE = 20
const OPEN_ALL_UP_TO = 500
const MAX_ROWS = 500
const BAR_COLUMNS = 20
const BAR_FROM_WIDTH = 64
const NOTE_COLUMNS = 20

/**
 * The text of a run: a heading, then a line for each step with its duration and its place in the time of the run. More
 * than 20 steps of one name side by side share a line; above 500 lines only branches that failed or run are open, and
 * what is still too much is counted.
 */
export function treeLines(document: DetailedDocument, style: TreeStyle): string[] {
  const { run } = document
  const hasRoom = style.width >= BAR_FROM_WIDTH
  const clock = run.started_at === null || !hasRoom ? [] : [formatClock(run.started_at, style.timeZone)]
  const lines = [headingLine(run, [...clock, formatDuration(run.duration_ms)], style)]
  const all = collect(document.steps, () => true, OPEN_ALL_UP_TO + 1)
  const rows = all.length <= OPEN_ALL_UP_TO ? all : collect(document.steps, isOfInterest(document.steps), MAX_ROWS + 1)
  const shown = rows.slice(0, MAX_ROWS)
  const columns = columnsFor(shown, style)
  const bar = barOver(document, rows)
  for (const row of shown) {
    const duration = formatDuration(row.duration)
    const note = [hasRoom ? bar(row) : '', ...row.notes].filter(Boolean).join('  ')
    lines.push(formatRow({ depth: row.depth, outcome: row.outcome, label: row.label, duration, note }, style, columns))
  }
  if (rows.length > MAX_ROWS) lines.push('  more steps are in the document')
  return lines
}

/** Lists the rows from the top down with a stack of its own, so that any depth is well, and stops at `limit`. */
function collect(steps: readonly StepNode[], isOpen: (step: StepNode) => boolean, limit: number): Row[] {
  const rows: Row[] = []
  const waiting: { row: Row; steps: readonly StepNode[] }[] = []
  const push = (siblings: readonly StepNode[], depth: number) => {
    for (const entry of toRows(siblings, depth, isOpen).reverse()) waiting.push(entry)
  }
  push(steps, 1)
  for (let next = waiting.pop(); next !== undefined && rows.length < limit; next = waiting.pop()) {
    rows.push(next.row)
    if (next.steps.length > 0) push(next.steps, next.row.depth + 1)
  }
  return rows
}

function toRows(siblings: readonly StepNode[], depth: number, isOpen: (step: StepNode) => boolean) {
  const byName = new Map<string, StepNode[]>()
  for (const step of siblings) {
    const group = byName.get(step.name)
    if (group === undefined) byName.set(step.name, [step])
    else group.push(step)
  }
  const rows: { row: Row; steps: readonly StepNode[] }[] = []
  for (const step of siblings) {
    const group = byName.get(step.name)!
    if (group.length <= FOLD_ABOVE) {
      const open = step.steps.length === 0 || isOpen(step)
      rows.push({ row: toRow(step, depth, open), steps: open ? step.steps : [] })
    } else if (group[0] === step) rows.push({ row: foldedRow(group, depth), steps: [] })
  }
  return rows
}

function toRow(step: StepNode, depth: number, open: boolean): Row {
  const tries = step.attempts.length > 1 ? `  ${step.attempts.length} tries` : ''
  const below = open
    ? ''
    : `  (${step.steps.length === 1 ? '1 step' : `${step.steps.length.toLocaleString('en-US')} steps`})`
  return {
    depth,
    outcome: step.outcome,
    label: `${stepLabel(step.name, step.title)}${tries}${below}`,
    notes: step.reason === null || isFailure(step.outcome) ? [] : [step.reason],
    duration: step.duration_ms,
    ...spanOf([step]),
  }
}

/** One row for many steps of a name: the worst outcome among them, and the time from the first start to the last end. */
function foldedRow(group: readonly StepNode[], depth: number): Row {
  const failed = group.filter((step) => isFailure(step.outcome))
  const worst = failed[0] ?? group.find((step) => !isTerminal(step.outcome)) ?? group[0]!
  const { from, to } = spanOf(group)
  const counts = failed.length > 0 ? ` (${failed.length.toLocaleString('en-US')} failed)` : ''
  return {
    depth,
    outcome: worst.outcome,
    label: `${worst.name} x${group.length.toLocaleString('en-US')}${counts}`,
    notes: [],
    duration: Number.isFinite(to) ? to - from : null,
    from,
    to,
  }
}

/** Says of a step whether something in it failed or is running. */
function isOfInterest(steps: readonly StepNode[]): (step: StepNode) => boolean {
  const interesting = new Set<StepNode>()
  const stack = steps.map((step) => ({ step, done: false }))
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { step } = next
    if (next.done) {
      const below = step.steps.some((child) => interesting.has(child))
      if (below || failedItself(step) || !OUTCOMES[step.outcome].terminal) interesting.add(step)
      continue
    }
    stack.push({ step, done: true })
    for (const child of step.steps) stack.push({ step: child, done: false })
  }
  return (step) => interesting.has(step)
}

function columnsFor(rows: readonly Row[], style: TextStyle): number {
  const bars = style.width >= BAR_FROM_WIDTH ? BAR_COLUMNS + NOTE_COLUMNS : 0
  const most = Math.max(12, Math.min(60, style.width - bars - 14))
  const { cut } = marks(style.utf8)
  let widest = 12
  for (const row of rows) {
    const indent = indentColumns(row.depth, most)
    widest = Math.max(widest, indent + textWidth(fitText(row.label, most - indent, cut)))
  }
  return Math.min(widest, most)
}

function spanOf(steps: readonly StepNode[]): { from: number; to: number } {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const step of steps) {
    from = Math.min(from, Date.parse(step.started_at))
    to = Math.max(to, step.ended_at === null ? Number.POSITIVE_INFINITY : Date.parse(step.ended_at))
  }
  return { from, to }
}

/** Draws when a row ran, as `##..`, over the time of the whole run; at least one mark for each. */
function barOver({ run }: DetailedDocument, rows: readonly Row[]): (row: Row) => string {
  let start = run.started_at === null ? Number.POSITIVE_INFINITY : Date.parse(run.started_at)
  let end = run.ended_at === null ? Number.NEGATIVE_INFINITY : Date.parse(run.ended_at)
  for (const row of rows) {
    start = Math.min(start, row.from)
    end = Math.max(end, Number.isFinite(row.to) ? row.to : row.from)
  }
  const total = Math.max(end - start, 1)
  return ({ from, to }) => {
    const first = Math.min(BAR_COLUMNS - 1, Math.floor(((from - start) / total) * BAR_COLUMNS))
    const last = Math.min(
      BAR_COLUMNS,
      Math.max(first + 1, Math.round(((Math.min(to, end) - start) / total) * BAR_COLUMNS)),
    )
    return '#'
      .repeat(last - first)
      .padStart(last, '.')
      .padEnd(BAR_COLUMNS, '.')
  }
}
