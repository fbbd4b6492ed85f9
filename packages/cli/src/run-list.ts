import type { RunSummary } from '@runspan/collector'
import {
  cutEnd,
  cutMiddle,
  formatClock,
  formatDuration,
  maskControls,
  outcomeSign,
  pad,
  type TextStyle,
  textWidth,
} from '@runspan/results/terminal'
import type { Output } from './output.js'

const HEADING = ['OUTCOME', 'WORKFLOW', 'RUN', 'STEPS', 'STARTED', 'DURATION', 'ERROR'] as const
const MOST = [14, 24, 22, 12, 22, 10] as const
const OUTCOME = 0
const RUN = 2
const ERROR = 6
const GAP = 2
const LEAST_ERROR = 12

/** On a narrow terminal: which column gives way to what width, what can be asked for with the id first. */
const GIVING_WAY = [
  [3, 0],
  [4, 0],
  [5, 0],
  [1, 8],
  [RUN, 9],
] as const

/** Writes a list of runs in the form of the output. */
export function writeList(runs: readonly RunSummary[], output: Output): void {
  if (output.form === 'json') for (const run of runs) output.line(JSON.stringify(run))
  else if (output.form === 'pipe') for (const run of runs) output.line(toPipeLine(run))
  else for (const line of tableLines(runs, output)) output.line(line)
}

/** The words and full values of a run, separated by tabs: outcome, workflow, run, steps, start, duration in ms, error. */
export function toPipeLine(run: RunSummary): string {
  const { outcome, workflow, started_at, duration_ms, error } = run
  const duration = String(duration_ms ?? '')
  return [outcome, workflow, run.run_id ?? run.key, stepsOf(run), started_at, duration, error ?? '']
    .map(maskControls)
    .join('\t')
}

/** A table for eyes: the error takes the room that is left, the outcome is never cut. */
export function tableLines(runs: readonly RunSummary[], style: TextStyle): string[] {
  const rows = runs.map((run) => toCells(run, style))
  const widths = MOST.map((most, column) =>
    Math.min(most, Math.max(...[HEADING, ...rows].map((row) => textWidth(row[column]!)))),
  )
  const used = () => widths.reduce((sum, width) => sum + (width > 0 ? width + GAP : 0), 0)
  for (const [column, least] of GIVING_WAY) {
    if (used() > style.width + GAP) widths[column] = Math.min(widths[column]!, least)
  }
  const room = style.width - used()
  if (room >= LEAST_ERROR) widths.push(room)
  const toLine = (row: readonly string[], run?: RunSummary) => {
    const cells = widths.map((width, column) => {
      const cut = column === RUN ? cutMiddle : cutEnd
      const text = column === OUTCOME ? row[column]! : cut(row[column]!, width, style.utf8 ? '…' : '~')
      return width === 0 ? undefined : pad(text, column === ERROR ? 0 : width)
    })
    // Colour comes last: it takes no room.
    if (run !== undefined)
      cells[OUTCOME] = cells[OUTCOME]!.replace(plainSign(run, style), outcomeSign(run.outcome, style))
    return cells
      .filter((text) => text !== undefined)
      .join(' '.repeat(GAP))
      .trimEnd()
  }
  return [toLine(HEADING), ...rows.map((row, index) => toLine(row, runs[index]))]
}

function toCells(run: RunSummary, style: TextStyle): string[] {
  return [
    `${plainSign(run, style)}${style.utf8 ? ` ${run.outcome}` : ''}`,
    maskControls(run.version === null ? run.workflow : `${run.workflow} v${run.version.replace(/^v/, '')}`),
    maskControls(run.run_id ?? run.key),
    stepsOf(run),
    formatClock(run.started_at),
    formatDuration(run.duration_ms),
    maskControls(run.error ?? ''),
  ]
}

function plainSign(run: RunSummary, style: TextStyle): string {
  return outcomeSign(run.outcome, { ...style, colour: false })
}

function stepsOf({ steps }: RunSummary): string {
  if (steps === null) return '-'
  const retries = steps.retries > 0 ? ` r${steps.retries}` : ''
  return `${steps.finished}/${steps.known}${retries}`
}
