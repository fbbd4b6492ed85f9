import {
  createRunFold,
  type DetailedDocument,
  documentOf,
  type Origin,
  type SpanRecord,
  winner,
} from '@runspan/results/core'
import { hasEnded } from './interrupt.js'
import { toRecordText } from './journal/put-record.js'

/** The records of one run: of each span the one that says most. */
export interface RunRecords {
  /**
   * Takes a record in. Returns about how many bytes more are kept; undefined when it says nothing new.
   *
   * @param known what is kept of its span, when that was looked up already.
   */
  add(record: SpanRecord, known?: SpanRecord): number | undefined
  has(spanId: string): boolean
  /** What is kept of the span that a record tells of. */
  known(record: SpanRecord): SpanRecord | undefined
  /** Forgets a span. Returns how many bytes less are kept. */
  forget(record: SpanRecord): number
  size(): number
  records(): Iterable<SpanRecord>
  document(origin?: Origin): DetailedDocument
}

/** What a record takes beside its texts. */
const OVERHEAD = 260
const MAX_RIVALS = 100

/** Begins to keep the records of the run with this key, `<trace id>-<span id>`. */
export function createRunRecords(key: string): RunRecords {
  let traceId = key.slice(0, 32)
  const spans = new Map<string, SpanRecord>()
  /** Other ends of spans that have ended: the fold counts contradictions. */
  const rivals: SpanRecord[] = []
  const idOf = (record: SpanRecord) => {
    if (record.traceId !== traceId) return `${record.traceId}-${record.spanId}`
    // The very same text as in the records that come next: then nothing has to be compared letter by letter.
    traceId = record.traceId
    return record.spanId
  }
  function* records() {
    yield* spans.values()
    yield* rivals
  }
  return {
    add(record, known = spans.get(idOf(record))) {
      const id = idOf(record)
      if (known === undefined) {
        spans.set(id, record)
        return sizeOf(record)
      }
      const won = winner(known, record)
      if (hasEnded(record) && record.phase === known.phase && differ(record, known) && rivals.length < MAX_RIVALS)
        rivals.push(won === known ? record : known)
      if (won === known) return undefined
      spans.set(id, record)
      return sizeOf(record) - sizeOf(known)
    },
    has: (spanId) => spans.has(spanId),
    known: (record) => spans.get(idOf(record)),
    forget(record) {
      const id = idOf(record)
      const known = spans.get(id)
      spans.delete(id)
      return known === undefined ? 0 : sizeOf(known)
    },
    size: () => spans.size,
    records,
    document(origin) {
      if (rivals.length === 0) return documentOf(key, spans.values(), origin)
      const fold = createRunFold(key)
      for (const record of records()) fold.add(record)
      return fold.document(origin)
    },
  }
}

function differ(a: SpanRecord, b: SpanRecord): boolean {
  return a !== b && toRecordText(a) !== toRecordText(b)
}

/** About how much memory a record takes. Texts that many records share are counted with each: too much, never too little. */
function sizeOf({ attributes }: SpanRecord): number {
  let size = OVERHEAD
  for (const name in attributes) {
    const value = attributes[name]
    size += typeof value === 'string' ? value.length : 8
  }
  return size
}
