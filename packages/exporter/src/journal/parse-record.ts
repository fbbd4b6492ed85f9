import { isRecordedAttribute, type Phase, type RecordValue, type SpanRecord } from '@runspan/results/core'
import {
  CHANGED,
  FALSE,
  type Fields,
  NAMES,
  NO_PARENT,
  NUMBER,
  PHASE_WORDS,
  RUN_KEY,
  RUN_KEY_OF_PARENT,
  SPAN_ID_LENGTH,
  SPELLED,
  STATUS_WORDS,
  TEXT,
  THE_NAME,
  THE_PARENT,
  TRUE,
} from './record-letters.js'

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
    case RUN_KEY_OF_PARENT:
      return fields.parentSpanId === null ? undefined : `${fields.traceId}-${fields.parentSpanId}`
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
