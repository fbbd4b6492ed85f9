// How a record is written in a journal: the letters that writing and reading share.
import { ATTR, type Phase, type SpanRecord } from '@runspan/results/core'

export const PHASES: Readonly<Record<Phase, number>> = {
  started: letter('0'),
  progress: letter('1'),
  interrupted: letter('2'),
  ended: letter('3'),
}
/** What is added to a phase when only what changed is told. */
export const CHANGED = 4
export const STATUSES = { unset: letter('u'), ok: letter('o'), error: letter('e') } as const
export const PHASE_WORDS = Object.keys(PHASES) as Phase[]
export const STATUS_WORDS = { u: 'unset', o: 'ok', e: 'error' } as const
export const NO_PARENT = '-'.repeat(16)

function letter(one: string): number {
  return one.charCodeAt(0)
}

/** One letter for each attribute name; a letter that was given out is never given to another. A name without one is written out. */
export const LETTERS: ReadonlyMap<string, number> = new Map([
  [ATTR.kind, letter('a')],
  [ATTR.runKey, letter('b')],
  [ATTR.runId, letter('c')],
  [ATTR.parentId, letter('d')],
  [ATTR.ordinal, letter('e')],
  [ATTR.steps, letter('f')],
  [ATTR.name, letter('g')],
  [ATTR.version, letter('h')],
  [ATTR.id, letter('i')],
  [ATTR.title, letter('j')],
  [ATTR.mode, letter('k')],
  [ATTR.target, letter('l')],
  [ATTR.tags, letter('m')],
  [ATTR.attempt, letter('n')],
  [ATTR.outcome, letter('o')],
  [ATTR.outcomeReason, letter('p')],
  [ATTR.errorCode, letter('q')],
  [ATTR.errorCategory, letter('r')],
  [ATTR.inputs, letter('s')],
  [ATTR.outputs, letter('t')],
  [ATTR.progress, letter('u')],
  [ATTR.warnings, letter('v')],
  [ATTR.errorType, letter('w')],
  [ATTR.exceptionType, letter('x')],
  [ATTR.exceptionMessage, letter('y')],
  [ATTR.exceptionStacktrace, letter('z')],
  [ATTR.functionName, letter('A')],
])
export const NAMES = new Map([...LETTERS].map(([name, letter]) => [letter, name]))
export const SPELLED = letter('=')

/**
 * What begins a value. Some are those of other fields, as they nearly always are: the name, the parent, and the run
 * key, of which only the span id is written, because it begins with the trace id.
 */
export const TEXT = letter('s')
export const NUMBER = letter('n')
export const TRUE = letter('t')
export const FALSE = letter('f')
export const THE_NAME = letter('N')
export const THE_PARENT = letter('P')
export const RUN_KEY = letter('R')
/** The same of a step that the run itself has called: the span id is that of its parent. */
export const RUN_KEY_OF_PARENT = letter('Q')
/** Ends a number, and a length. */
export const END = letter(';')
export const COLON = letter(':')
/** Where the span id begins in a run key, and how long it is. */
export const [SPAN_ID_AT, SPAN_ID_LENGTH] = [33, 16]

/** What a value may repeat. */
export type Fields = Pick<SpanRecord, 'name' | 'traceId' | 'parentSpanId'>
