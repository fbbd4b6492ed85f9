import { OUTCOMES, type Outcome } from '../core/outcome.js'
import { type Colour, OUTCOME_COLOURS, paint } from './colour.js'
import { cutEnd, fitText, pad, textWidth } from './width.js'

/** How a text is to look. */
export interface TextStyle {
  /** Columns; Infinity where nothing is to be cut, as in a pipe. */
  readonly width: number
  readonly colour: boolean
  /** Without it outcomes are words and marks are ASCII; text from data stays as it is. */
  readonly utf8: boolean
}

/** One line about one step. */
export interface StepRow {
  /** 0 for a step directly under the run. */
  readonly depth: number
  readonly outcome: Outcome
  readonly label: string
  readonly duration: string
  /** What is to be said besides; from data, so it is masked here. */
  readonly note?: string
}

const DURATION_COLUMNS = 9
const LEAST_NOTE = 8
const LEAST_NAME = 8

/** The mark of a cut, and the sign between the parts of a heading. */
export function marks(utf8: boolean): { cut: string; dot: string } {
  return utf8 ? { cut: '…', dot: '·' } : { cut: '...', dot: '-' }
}

/** The sign of an outcome: a coloured glyph, or without UTF-8 a word of always the same width. */
export function outcomeSign(outcome: Outcome, style: TextStyle): string {
  const { glyph, ascii } = OUTCOMES[outcome]
  return paint(style.utf8 ? glyph : ascii.padEnd(5), OUTCOME_COLOURS[outcome], style.colour)
}

/** How many columns {@link outcomeSign} takes. */
export function signColumns(style: TextStyle): number {
  return style.utf8 ? 1 : 5
}

/** The name, and the title where that says something else. */
export function stepLabel(name: string, title: string | undefined): string {
  return title === undefined || title === name ? name : `${name} (${title})`
}

/** How many columns names get, indent included, when the names to come are not known yet. */
export function nameColumns(style: TextStyle): number {
  return Math.max(12, Math.min(32, Math.floor(style.width * 0.35)))
}

/** Columns of the indent; a deep step keeps enough room for its name. */
export function indentColumns(depth: number, columns: number): number {
  return Math.max(0, Math.min(depth * 2, columns - LEAST_NAME))
}

/** Writes a step's line: sign, name, duration, and as much of the note as fits. The sign and duration are never cut. */
export function formatRow(row: StepRow, style: TextStyle, columns = nameColumns(style)): string {
  const { cut } = marks(style.utf8)
  const indent = indentColumns(row.depth, columns)
  const free = style.width === Number.POSITIVE_INFINITY
  const label = fitText(row.label, free ? style.width : columns - indent, cut)
  const start = `${' '.repeat(indent)}${outcomeSign(row.outcome, style)} ${pad(label, columns - indent)}`
  const duration = row.duration.padStart(DURATION_COLUMNS)
  if (!row.note) return `${start} ${duration}`
  const used = indent + signColumns(style) + 1 + Math.max(columns - indent, textWidth(label)) + 1 + duration.length + 2
  if (style.width - used < LEAST_NOTE) return `${start} ${duration}`
  return `${start} ${duration}  ${paint(fitText(row.note, style.width - used, cut), noteColour(row.outcome), style.colour)}`
}

/** Cuts a whole line that carries no colour. */
export function fitLine(line: string, style: TextStyle): string {
  return cutEnd(line, style.width, marks(style.utf8).cut)
}

function noteColour(outcome: Outcome): Colour {
  return OUTCOMES[outcome].failure ? OUTCOME_COLOURS[outcome] : 'muted'
}
