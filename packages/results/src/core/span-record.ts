import { ATTR } from './attributes.js'
import { fromHrTime } from './nanos.js'
import type { SpanStatusCode } from './outcome.js'
import { type Phase, type SpanRecord, toRecordAttributes } from './record.js'

type HrTime = readonly [number, number]

/**
 * What a record needs of a span, as the spans of OpenTelemetry's SDKs 2.x and 3.x have it. Structural, so that no SDK
 * has to be installed to read one.
 */
export interface SpanLike {
  readonly name: string
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly status: { readonly code: number }
  readonly attributes: Readonly<Record<string, unknown>>
  readonly instrumentationScope?: { readonly name: string } | undefined
  readonly parentSpanContext?: { readonly spanId: string } | undefined
  spanContext(): { readonly traceId: string; readonly spanId: string }
}

/** OpenTelemetry's status codes 0, 1 and 2, on the API and on the wire. */
const STATUS_CODES: readonly SpanStatusCode[] = ['unset', 'ok', 'error']

/** The word for an OpenTelemetry status code; an unknown one is `unset`. */
export function toStatusCode(code: unknown): SpanStatusCode {
  return STATUS_CODES[code as number] ?? 'unset'
}

/** True for a span that stands for a run, step or attempt; any other is not ours to keep. */
export function isOurs(span: SpanLike): boolean {
  return span.attributes[ATTR.kind] !== undefined
}

/** The end of a span is asked for twice in a row: by a span processor, and for the live news right after. */
let lastSpan: SpanLike | undefined
let lastEnd: SpanRecord | undefined

/** Reduces a span of the SDK to its record. */
export function fromSpan(span: SpanLike, phase: Phase, seq: number): SpanRecord {
  if (phase !== 'ended') return toRecord(span, phase, seq)
  const known = span === lastSpan ? lastEnd : undefined
  if (known !== undefined) {
    lastSpan = undefined
    lastEnd = undefined
    return known.seq === seq ? known : { ...known, seq }
  }
  lastSpan = span
  lastEnd = toRecord(span, phase, seq)
  return lastEnd
}

function toRecord(span: SpanLike, phase: Phase, seq: number): SpanRecord {
  const { traceId, spanId } = span.spanContext()
  return {
    phase,
    seq,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    name: span.name.toWellFormed(),
    start: fromHrTime(span.startTime) ?? '0',
    end: phase === 'ended' ? fromHrTime(span.endTime) : null,
    status: toStatusCode(span.status.code),
    attributes: toRecordAttributes(span.attributes),
  }
}
