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
 * A record as one short text: the form in which the journal and the memory keep it. Made by hand, because it is written
 * before the user's function is called.
 */
export function toRecordText(record: SpanRecord): string {
  const { attributes, name } = record
  let text = `${PHASES[record.phase]}${STATUSES[record.status]}${record.traceId}${record.spanId}${record.parentSpanId ?? NO_PARENT}${record.seq};${record.start};${record.end ?? ''};${name.length}:${name}`
  for (const key in attributes) {
    const value = attributes[key] as RecordValue
    text += LETTERS[key] ?? `=${key.length}:${key}`
    if (typeof value === 'string') text += `s${value.length}:${value}`
    else text += typeof value === 'number' ? `n${value};` : value ? 't' : 'f'
  }
  return text
}

/** The phase of a record's text, as a number that grows with what it says. */
export function phaseOf(text: string): number {
  return text.charCodeAt(0) - 48
}

/** How many of {@link phaseOf} a record that has ended has. */
export const ENDED = Number(PHASES.ended)

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
    const value = readValue(text, place)
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

function readValue(source: string, place: Place): RecordValue | undefined {
  const type = source.charAt(place.at++)
  if (type === 's') return readText(source, place)
  if (type === 't' || type === 'f') return type === 't'
  const end = type === 'n' ? source.indexOf(';', place.at) : -1
  if (end <= place.at) return undefined
  const number = Number(source.slice(place.at, end))
  place.at = end + 1
  return Number.isFinite(number) ? number : undefined
}
