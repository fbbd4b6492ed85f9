import { createRunFold, type DetailedDocument, type Origin, type SpanRecord, winner } from '@runspan/results/core'
import { ENDED, parseRecordText, phaseOf, toRecordText } from './journal/record-text.js'

/** The records of one run, kept as short texts: an object for each would take four times the memory. */
export interface RunRecords {
  /** Takes a record in, with its text if that is known. Returns how many bytes more are kept; undefined when it says nothing new. */
  add(record: SpanRecord, text?: string): number | undefined
  has(spanId: string): boolean
  /** True when something is kept of the span that a record tells of. */
  holds(record: SpanRecord): boolean
  /** Forgets a span. Returns how many bytes less are kept. */
  forget(record: SpanRecord): number
  texts(): Iterable<string>
  records(): Iterable<SpanRecord>
  document(origin?: Origin): DetailedDocument
}

/** What a text takes beside its characters. */
const OVERHEAD = 120

/** Begins to keep the records of the run with this key, `<trace id>-<span id>`. */
export function createRunRecords(key: string): RunRecords {
  const traceId = key.slice(0, 32)
  const spans = new Map<string, string>()
  /** Other ends of spans that have ended: the fold counts contradictions. */
  const rivals: string[] = []
  const idOf = (record: SpanRecord) =>
    record.traceId === traceId ? record.spanId : `${record.traceId}-${record.spanId}`
  const keep = (id: string, text: string, known: string | undefined) => {
    spans.set(id, text)
    return known === undefined ? text.length + OVERHEAD : text.length - known.length
  }
  function* texts() {
    yield* spans.values()
    yield* rivals
  }
  function* records() {
    for (const text of texts()) {
      const record = parseRecordText(text)
      if (record !== undefined) yield record
    }
  }
  return {
    add(record, text = toRecordText(record)) {
      const id = idOf(record)
      const known = spans.get(id)
      if (known === undefined) return keep(id, text, known)
      const more = phaseOf(text) - phaseOf(known)
      if (more < 0 || text === known) return undefined
      if (more > 0) return keep(id, text, known)
      const other = parseRecordText(known)
      if (other !== undefined && winner(other, record) === other) {
        if (phaseOf(text) === ENDED && !rivals.includes(text) && rivals.length < 100) rivals.push(text)
        return undefined
      }
      if (phaseOf(text) === ENDED && rivals.length < 100) rivals.push(known)
      return keep(id, text, known)
    },
    has: (spanId) => spans.has(spanId),
    holds: (record) => spans.has(idOf(record)),
    forget(record) {
      const id = idOf(record)
      const known = spans.get(id)
      spans.delete(id)
      return known === undefined ? 0 : known.length + OVERHEAD
    },
    texts,
    records,
    document(origin) {
      const fold = createRunFold(key)
      for (const record of records()) fold.add(record)
      return fold.document(origin)
    },
  }
}
