import { kindOf, quote, type SpanRecord, toRecordAttributes, toStatusCode } from '@runspan/results/core'

/** What one request for `/v1/traces` held. */
export interface DecodedSpans {
  /** The spans that belong to workflow runs, as records. */
  readonly records: SpanRecord[]
  /** All spans of the request, whoever wrote them. */
  readonly spans: number
  /** Spans that cannot be kept, each for a fault of its own. */
  readonly rejected: number
  /** Says of the first few rejected spans which they are and why; empty without any. */
  readonly reasons: readonly string[]
}

/** A body that is no OTLP at all; nothing of it can be kept. The message is fit to be sent back. */
export class MalformedBody extends Error {
  override readonly name = 'MalformedBody'
}

const MAX_REASONS = 5

/** Collects what a decoder finds, so that both wire forms reject and name the same spans in the same words. */
export interface SpanCollection extends DecodedSpans {
  /** Keeps the span's record, if it is one of ours. */
  take(span: RawSpan): void
  /** Counts a span that is not ours: it is well, and not kept. */
  pass(): void
  reject(name: string, reason: string): void
}

export function createSpanCollection(): SpanCollection {
  const records: SpanRecord[] = []
  const reasons: string[] = []
  let spans = 0
  let rejected = 0
  return {
    records,
    reasons,
    get spans() {
      return spans
    },
    get rejected() {
      return rejected
    },
    take(span) {
      spans += 1
      const record = toSpanRecord(span)
      if (record !== undefined) records.push(record)
    },
    pass() {
      spans += 1
    },
    reject(name, reason) {
      spans += 1
      rejected += 1
      if (reasons.length < MAX_REASONS) reasons.push(`${quote(name.toWellFormed())} ${reason}`)
    },
  }
}

/** The span as a decoder read it; `attributes` may hold anything. */
export interface RawSpan {
  traceId: string
  spanId: string
  parentSpanId: string | null
  name: string
  start: string
  end: string
  statusCode: number
  attributes: Record<string, unknown>
}

/** The record of a span that OTLP delivers: always one that has ended. Undefined for a span that is not ours. */
function toSpanRecord(span: RawSpan): SpanRecord | undefined {
  const record: SpanRecord = {
    phase: 'ended',
    seq: 0,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name.toWellFormed(),
    start: span.start,
    // Zero is how OTLP writes a time that nobody set.
    end: span.end === '0' ? null : span.end,
    status: toStatusCode(span.statusCode),
    attributes: toRecordAttributes(span.attributes),
  }
  return kindOf(record) === undefined ? undefined : record
}

/** Why a span was rejected, in the words of both decoders. */
export const REASON = {
  traceId: 'has no valid trace id (16 bytes, not all zero)',
  spanId: 'has no valid span id (8 bytes, not all zero)',
  parentSpanId: 'has no valid parent span id (8 bytes, or none)',
  name: 'has a name that is no text',
  time: 'has a start or end that is no time in nanoseconds',
  shape: 'is no span',
} as const
