import type { RecordValue, SpanRecord } from '@runspan/results/core'
import { pen } from './pen.js'
import {
  CHANGED,
  COLON,
  END,
  FALSE,
  type Fields,
  LETTERS,
  NO_PARENT,
  NUMBER,
  PHASES,
  RUN_KEY,
  RUN_KEY_OF_PARENT,
  SPAN_ID_AT,
  SPAN_ID_LENGTH,
  SPELLED,
  STATUSES,
  TEXT,
  THE_NAME,
  THE_PARENT,
  TRUE,
} from './record-letters.js'

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
    if (spanIdOfLastKey === parentSpanId) pen.code(RUN_KEY_OF_PARENT)
    else {
      pen.code(RUN_KEY)
      pen.put(spanIdOfLastKey)
    }
  } else {
    pen.code(TEXT)
    putText(value)
  }
}

/** The run key that was found last, and its trace: the records of a run come one after the other. */
let lastKey = ''
let traceOfLastKey = ''
let spanIdOfLastKey = ''

function isKeyIn(traceId: string, value: string): boolean {
  if (value === lastKey && traceId === traceOfLastKey) return true
  if (value.length !== SPAN_ID_AT + SPAN_ID_LENGTH) return false
  if (value[SPAN_ID_AT - 1] !== '-' || !value.startsWith(traceId)) return false
  lastKey = value
  traceOfLastKey = traceId
  spanIdOfLastKey = value.slice(SPAN_ID_AT)
  return true
}

function putText(text: string): void {
  pen.number(text.length)
  pen.code(COLON)
  pen.put(text)
}
