import { ATTR, isRecordedAttribute, type SpanKindWord } from './attributes.js'
import { toText } from './limits.js'
import type { SpanStatusCode } from './outcome.js'

/**
 * How much is known of a span: it began, it reported something, its process was found dead or shut down,
 * it ended. A later phase says more than an earlier one.
 */
export type Phase = 'started' | 'progress' | 'interrupted' | 'ended'

/** The values a record's attribute can have: well-formed text, finite numbers, booleans. */
export type RecordValue = string | number | boolean

/** A span, or the news of one, reduced to plain JSON-safe data: the only input of the fold. */
export interface SpanRecord {
  readonly phase: Phase
  /** Grows with every record of one span and process; decides between two of the same phase. */
  readonly seq: number
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits. */
  readonly spanId: string
  /** The OpenTelemetry parent, 16 lower-case hex digits; null for the root of a trace. */
  readonly parentSpanId: string | null
  readonly name: string
  /** Nanoseconds since 1970, as decimal digits. */
  readonly start: string
  /** Nanoseconds since 1970, as decimal digits; null while it is not known. */
  readonly end: string | null
  readonly status: SpanStatusCode
  /** Only names of {@link ATTR}; see {@link toRecordAttributes}. */
  readonly attributes: Readonly<Record<string, RecordValue>>
}

const RANK = { started: 0, progress: 1, interrupted: 2, ended: 3 } as const satisfies Record<Phase, number>

/**
 * Keeps the attributes a record may have and makes their values the same on every road: text is well-formed and
 * limited, numbers are finite and, when whole, exact; a bigint becomes a number where that is exact; anything else is
 * left out.
 */
export function toRecordAttributes(source: Readonly<Record<string, unknown>>): Record<string, RecordValue> {
  // Nearly every span is one of the wrapper with nothing to change: a copy in one piece takes a tenth of the time.
  if (isFit(source)) return { ...source }
  const kept: Record<string, RecordValue> = {}
  for (const name of Object.keys(source)) {
    if (!isRecordedAttribute(name)) continue
    const value = toRecordValue(source[name])
    if (value !== undefined) kept[name] = value
  }
  return kept
}

function isFit(source: Readonly<Record<string, unknown>>): source is Readonly<Record<string, RecordValue>> {
  for (const name in source) {
    if (!isRecordedAttribute(name) || !Object.is(toRecordValue(source[name]), source[name])) return false
    if (source[name] === undefined) return false
  }
  return true
}

function toRecordValue(value: unknown): RecordValue | undefined {
  switch (typeof value) {
    case 'string':
      return toText(value)
    case 'number':
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return undefined
      return value === 0 ? 0 : value
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : undefined
    case 'boolean':
      return value
    default:
      return undefined
  }
}

/** What the record's span stands for, or undefined when it is no Runspan span. */
export function kindOf(record: SpanRecord): SpanKindWord | undefined {
  const kind = record.attributes[ATTR.kind]
  return kind === 'run' || kind === 'step' || kind === 'attempt' ? kind : undefined
}

/** The unique key of the run (or loose step) that a span is the root of: `<trace id>-<span id>`. */
export function toRunKey(span: { readonly traceId: string; readonly spanId: string }): string {
  return `${span.traceId}-${span.spanId}`
}

/** Reads a run key back into its two ids; undefined when the text is no run key. */
export function parseRunKey(key: unknown): { traceId: string; spanId: string } | undefined {
  if (typeof key !== 'string' || !/^[0-9a-f]{32}-[0-9a-f]{16}$/.test(key)) return undefined
  return { traceId: key.slice(0, 32), spanId: key.slice(33) }
}

/** The text attribute of that name, or undefined. */
export function textOf(record: SpanRecord, name: string): string | undefined {
  return asText(record.attributes[name])
}

/** The number attribute of that name, or undefined. */
export function numberOf(record: SpanRecord, name: string): number | undefined {
  return asNumber(record.attributes[name])
}

/**
 * The value of an attribute, when it is a text. Where a document is made, attributes are read in place and not through
 * {@link textOf}: a place that reads always the same name is several times faster than one that reads them all.
 */
export function asText(value: RecordValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The value of an attribute, when it is a number. */
export function asNumber(value: RecordValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/**
 * The merge rule: of two records of one span, the one that wins, whole. The later phase, then the higher `seq`, then
 * the greater canonical JSON; so the winner of a set does not depend on the order in which it arrived.
 */
export function winner(a: SpanRecord, b: SpanRecord): SpanRecord {
  const byPhase = RANK[a.phase] - RANK[b.phase]
  if (byPhase !== 0) return byPhase > 0 ? a : b
  if (a.seq !== b.seq) return a.seq > b.seq ? a : b
  return canonicalJson(a) >= canonicalJson(b) ? a : b
}

/** True when two records that both claim a span's end say different things about it. */
export function contradicts(a: SpanRecord, b: SpanRecord): boolean {
  if (a === b || a.phase !== 'ended' || b.phase !== 'ended') return false
  return canonicalJson({ ...a, seq: 0 }) !== canonicalJson({ ...b, seq: 0 })
}

function canonicalJson(record: SpanRecord): string {
  const { attributes, ...rest } = record
  return JSON.stringify([sorted(rest), sorted(attributes)])
}

function sorted(object: object): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))
}
