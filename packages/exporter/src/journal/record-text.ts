import { ATTR, isRecordedAttribute, type Phase, type RecordValue, type SpanRecord } from '@runspan/results/core'

const PHASES: Readonly<Record<Phase, string>> = { started: '0', progress: '1', interrupted: '2', ended: '3' }
const STATUSES = { unset: 'u', ok: 'o', error: 'e' } as const
const PHASE_WORDS = Object.keys(PHASES) as Phase[]
const STATUS_WORDS = { u: 'unset', o: 'ok', e: 'error' } as const
const NO_PARENT = '-'.repeat(16)

/** One letter for each attribute name; a letter that was given out is never given to another. A name without one is written out. */
const LETTERS: Readonly<Record<string, string>> = {
  [ATTR.kind]: 'a',
  [ATTR.runKey]: 'b',
  [ATTR.runId]: 'c',
  [ATTR.parentId]: 'd',
  [ATTR.ordinal]: 'e',
  [ATTR.steps]: 'f',
  [ATTR.name]: 'g',
  [ATTR.version]: 'h',
  [ATTR.id]: 'i',
  [ATTR.title]: 'j',
  [ATTR.mode]: 'k',
  [ATTR.target]: 'l',
  [ATTR.tags]: 'm',
  [ATTR.attempt]: 'n',
  [ATTR.outcome]: 'o',
  [ATTR.outcomeReason]: 'p',
  [ATTR.errorCode]: 'q',
  [ATTR.errorCategory]: 'r',
  [ATTR.inputs]: 's',
  [ATTR.outputs]: 't',
  [ATTR.progress]: 'u',
  [ATTR.warnings]: 'v',
  [ATTR.errorType]: 'w',
  [ATTR.exceptionType]: 'x',
  [ATTR.exceptionMessage]: 'y',
  [ATTR.exceptionStacktrace]: 'z',
  [ATTR.functionName]: 'A',
}
const NAMES = new Map(Object.entries(LETTERS).map(([name, letter]) => [letter, name]))

/**
 * What begins a value. Three are those of other fields, as they nearly always are: the name, the parent, and the run
 * key, of which only the span id is written, because it begins with the trace id.
 */
const TEXT = 's'
const NUMBER = 'n'
const TRUE = 't'
const FALSE = 'f'
const THE_NAME = 'N'
const THE_PARENT = 'P'
const RUN_KEY = 'R'
/** Where the span id begins in a run key, and how long it is. */
const [SPAN_ID_AT, SPAN_ID_LENGTH] = [33, 16]

/** Writes a record as one short text. Made by hand, because it is done before the user's function is called. */
export function toRecordText(record: SpanRecord): string {
  const { phase, status, traceId, spanId, parentSpanId, seq, start, end, name, attributes } = record
  let text = PHASES[phase] + STATUSES[status] + traceId + spanId + (parentSpanId ?? NO_PARENT)
  text += `${seq};${start};${end ?? ''};${withLength(name)}`
  for (const key in attributes) {
    text += LETTERS[key] ?? `=${withLength(key)}`
    text += toValueText(attributes[key] as RecordValue, record)
  }
  return text
}

function toValueText(value: RecordValue, { name, parentSpanId, traceId }: SpanRecord): string {
  if (typeof value === 'number') return `${NUMBER}${value};`
  if (typeof value === 'boolean') return value ? TRUE : FALSE
  if (value === name) return THE_NAME
  if (value === parentSpanId) return THE_PARENT
  return isKeyIn(traceId, value) ? RUN_KEY + value.slice(SPAN_ID_AT) : TEXT + withLength(value)
}

function isKeyIn(traceId: string, value: string): boolean {
  return value.length === SPAN_ID_AT + SPAN_ID_LENGTH && value[SPAN_ID_AT - 1] === '-' && value.startsWith(traceId)
}

function withLength(text: string): string {
  return `${text.length}:${text}`
}

const HEAD = /^([0-3])([uoe])([0-9a-f]{32})([0-9a-f]{16})([0-9a-f]{16}|-{16})(\d{1,15});(\d{1,20});(\d{0,20});/

/** Reads a record back; undefined for a text that is none. */
export function parseRecordText(text: string): SpanRecord | undefined {
  const head = HEAD.exec(text)
  if (head === null) return undefined
  const [all, phase, status, traceId, spanId, parent, seq, start, end] = head as unknown as string[]
  const place = { at: (all as string).length }
  const name = readText(text, place)
  if (name === undefined) return undefined
  const attributes: Record<string, RecordValue> = {}
  while (place.at < text.length) {
    const letter = text.charAt(place.at++)
    const key = letter === '=' ? readText(text, place) : NAMES.get(letter)
    const value = readValue(text, place, name, traceId as string, parent as string)
    if (key === undefined || value === undefined) return undefined
    if (isRecordedAttribute(key)) attributes[key] = value
  }
  return {
    phase: PHASE_WORDS[Number(phase)] as Phase,
    seq: Number(seq),
    traceId: traceId as string,
    spanId: spanId as string,
    parentSpanId: parent === NO_PARENT ? null : (parent as string),
    name,
    start: start as string,
    end: end === '' ? null : (end as string),
    status: STATUS_WORDS[status as keyof typeof STATUS_WORDS],
    attributes,
  }
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

function readValue(
  source: string,
  place: Place,
  name: string,
  traceId: string,
  parent: string,
): RecordValue | undefined {
  switch (source.charAt(place.at++)) {
    case TEXT:
      return readText(source, place)
    case NUMBER:
      return readNumber(source, place)
    case TRUE:
      return true
    case FALSE:
      return false
    case THE_NAME:
      return name
    case THE_PARENT:
      return parent
    case RUN_KEY: {
      const spanId = source.slice(place.at, place.at + SPAN_ID_LENGTH)
      place.at += SPAN_ID_LENGTH
      return spanId.length === SPAN_ID_LENGTH ? `${traceId}-${spanId}` : undefined
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
