import { ATTR, isRecordedAttribute, type Phase, type RecordValue, type SpanRecord } from '@runspan/results/core'
import { pen } from './pen.js'

const PHASES: Readonly<Record<Phase, number>> = {
  started: letter('0'),
  progress: letter('1'),
  interrupted: letter('2'),
  ended: letter('3'),
}
/** What is added to a phase when only what changed is told. */
const CHANGED = 4
const STATUSES = { unset: letter('u'), ok: letter('o'), error: letter('e') } as const
const PHASE_WORDS = Object.keys(PHASES) as Phase[]
const STATUS_WORDS = { u: 'unset', o: 'ok', e: 'error' } as const
const NO_PARENT = '-'.repeat(16)

function letter(one: string): number {
  return one.charCodeAt(0)
}

/** One letter for each attribute name; a letter that was given out is never given to another. A name without one is written out. */
const LETTERS: ReadonlyMap<string, number> = new Map([
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
const NAMES = new Map([...LETTERS].map(([name, letter]) => [letter, name]))
const SPELLED = letter('=')

/**
 * What begins a value. Three are those of other fields, as they nearly always are: the name, the parent, and the run
 * key, of which only the span id is written, because it begins with the trace id.
 */
const TEXT = letter('s')
const NUMBER = letter('n')
const TRUE = letter('t')
const FALSE = letter('f')
const THE_NAME = letter('N')
const THE_PARENT = letter('P')
const RUN_KEY = letter('R')
/** Ends a number, and a length. */
const END = letter(';')
const COLON = letter(':')
/** Where the span id begins in a run key, and how long it is. */
const [SPAN_ID_AT, SPAN_ID_LENGTH] = [33, 16]

/** What a value may repeat. */
type Fields = Pick<SpanRecord, 'name' | 'traceId' | 'parentSpanId'>

/** A record as one short text. */
export function toRecordText(record: SpanRecord): string {
  putRecord(record)
  return pen.toString()
}

/** Writes a record as one short text. Made by hand, because it is done before the user's function is called. */
export function putRecord(record: SpanRecord): void {
  const { phase, status, traceId, spanId, parentSpanId, seq, start, end, name, attributes } = record
  pen.beginInTrace(PHASES[phase], STATUSES[status], traceId)
  pen.put(parentSpanId ?? NO_PARENT)
  pen.put(spanId)
  pen.number(seq)
  pen.code(END)
  pen.put(start)
  pen.code(END)
  if (end !== null) pen.put(end)
  pen.code(END)
  putText(name)
  for (const key in attributes) putAttribute(key, attributes[key] as RecordValue, record)
}

/**
 * Writes of a record only what it says beside the start of its span, which stands before it in the same file. Only
 * beside a start: when one of three records is damaged, the third must not be read beside another than it was written
 * beside. False when it cannot be said so; then what the pen holds is of no use.
 */
export function putChange(record: SpanRecord, before: SpanRecord): boolean {
  const { phase, status, traceId, spanId, parentSpanId, seq, start, end, name } = record
  if (before.phase !== 'started' || phase === 'started') return false
  if (name !== before.name || start !== before.start || parentSpanId !== before.parentSpanId) return false
  pen.beginInTrace(PHASES[phase] + CHANGED, STATUSES[status], traceId)
  pen.put(spanId)
  pen.number(seq)
  pen.code(END)
  if (end !== null) pen.put(end)
  pen.code(END)
  let left = 0
  for (const _ in before.attributes) left += 1
  for (const key in record.attributes) {
    const value = record.attributes[key] as RecordValue
    const known = before.attributes[key]
    if (known !== undefined) left -= 1
    if (value !== known) putAttribute(key, value, record)
  }
  return left === 0
}

function putAttribute(key: string, value: RecordValue, { name, parentSpanId, traceId }: Fields): void {
  const short = LETTERS.get(key)
  if (short !== undefined) pen.code(short)
  else {
    pen.code(SPELLED)
    putText(key)
  }
  if (typeof value === 'number') {
    pen.code(NUMBER)
    pen.number(value)
    pen.code(END)
  } else if (typeof value === 'boolean') pen.code(value ? TRUE : FALSE)
  else if (value === name) pen.code(THE_NAME)
  else if (value === parentSpanId) pen.code(THE_PARENT)
  else if (isKeyIn(traceId, value)) {
    pen.code(RUN_KEY)
    pen.put(value, SPAN_ID_AT)
  } else {
    pen.code(TEXT)
    putText(value)
  }
}

/** The run key that was found last, and its trace: the records of a run come one after the other. */
let lastKey = ''
let traceOfLastKey = ''

function isKeyIn(traceId: string, value: string): boolean {
  if (value === lastKey && traceId === traceOfLastKey) return true
  if (value.length !== SPAN_ID_AT + SPAN_ID_LENGTH) return false
  if (value[SPAN_ID_AT - 1] !== '-' || !value.startsWith(traceId)) return false
  lastKey = value
  traceOfLastKey = traceId
  return true
}

function putText(text: string): void {
  pen.number(text.length)
  pen.code(COLON)
  pen.put(text)
}

const HEAD = /^([0-3])([uoe])([0-9a-f]{32})([0-9a-f]{16}|-{16})([0-9a-f]{16})(\d{1,15});(\d{1,20});(\d{0,20});/

/** Reads a record back; undefined for a text that is none. */
export function parseRecordText(text: string): SpanRecord | undefined {
  const head = HEAD.exec(text)
  if (head === null) return undefined
  const [all, phase, status, traceId, parent, spanId, seq, start, end] = head as unknown as Texts
  const place = { at: all.length }
  const name = readText(text, place)
  if (name === undefined) return undefined
  const parentSpanId = parent === NO_PARENT ? null : parent
  const attributes = readAttributes(text, place, { name, traceId, parentSpanId })
  if (attributes === undefined) return undefined
  return { ...toSaid(phase, status, seq, end), traceId, spanId, parentSpanId, name, start, attributes }
}

const CHANGE_HEAD = /^([4-7])([uoe])([0-9a-f]{32})([0-9a-f]{16})(\d{1,15});(\d{0,20});/

/** Reads back a record that tells what changed; undefined for any other text, and when the start is not known. */
export function parseChangeText(
  text: string,
  startOf: (traceId: string, spanId: string) => SpanRecord | undefined,
): SpanRecord | undefined {
  const head = CHANGE_HEAD.exec(text)
  if (head === null) return undefined
  const [all, phase, status, traceId, spanId, seq, end] = head as unknown as Texts
  const before = startOf(traceId, spanId)
  const changes = before && readAttributes(text, { at: all.length }, before)
  return changes && { ...before, ...toSaid(phase, status, seq, end), attributes: { ...before.attributes, ...changes } }
}

/** What an expression has found that always finds all of its groups. */
type Texts = [string, string, string, string, string, string, string, string, string]

function toSaid(phase: string, status: string, seq: string, end: string) {
  return {
    phase: PHASE_WORDS[Number(phase) % CHANGED] as Phase,
    status: STATUS_WORDS[status as keyof typeof STATUS_WORDS],
    seq: Number(seq),
    end: end === '' ? null : end,
  }
}

function readAttributes(text: string, place: Place, fields: Fields): Record<string, RecordValue> | undefined {
  const attributes: Record<string, RecordValue> = {}
  while (place.at < text.length) {
    const letter = text.charCodeAt(place.at++)
    const key = letter === SPELLED ? readText(text, place) : NAMES.get(letter)
    const value = readValue(text, place, fields)
    if (key === undefined || value === undefined) return undefined
    if (isRecordedAttribute(key)) attributes[key] = value
  }
  return attributes
}

interface Place {
  at: number
}

/** A text behind its length and a colon. */
function readText(source: string, place: Place): string | undefined {
  const colon = source.indexOf(':', place.at)
  const length = colon === -1 || colon === place.at ? Number.NaN : Number(source.slice(place.at, colon))
  const end = colon + 1 + length
  // What is no length, or more than there is, is no text: the comparison is false for NaN too.
  if (!(length >= 0 && end <= source.length)) return undefined
  place.at = end
  return source.slice(colon + 1, end)
}

function readValue(source: string, place: Place, fields: Fields): RecordValue | undefined {
  switch (source.charCodeAt(place.at++)) {
    case TEXT:
      return readText(source, place)
    case NUMBER:
      return readNumber(source, place)
    case TRUE:
      return true
    case FALSE:
      return false
    case THE_NAME:
      return fields.name
    case THE_PARENT:
      return fields.parentSpanId ?? NO_PARENT
    case RUN_KEY: {
      const spanId = source.slice(place.at, place.at + SPAN_ID_LENGTH)
      place.at += SPAN_ID_LENGTH
      return spanId.length === SPAN_ID_LENGTH ? `${fields.traceId}-${spanId}` : undefined
    }
    default:
      return undefined
  }
}

function readNumber(source: string, place: Place): number | undefined {
  const end = source.indexOf(';', place.at)
  if (end <= place.at) return undefined
  const number = Number(source.slice(place.at, end))
  place.at = end + 1
  return Number.isFinite(number) ? number : undefined
}
