import { ATTR, fromSpan, type RecordValue, redactText, type SpanLike, type SpanRecord } from '@runspan/results/core'

/** The instrumentation scope of the package whose spans announce themselves. */
const WRAPPER = '@runspan/sdk'

/** What is made of ids and words, and so is left as it is. */
const PLAIN: ReadonlySet<string> = new Set([ATTR.kind, ATTR.runKey, ATTR.parentId, ATTR.outcome, ATTR.errorCategory])

/** What the wrapper has redacted only once, when it wrapped: a secret may have been registered since. */
const GIVEN = [ATTR.name, ATTR.title, ATTR.tags, ATTR.mode] as const

/** True for a span of the wrapper. */
export function isWrappers(span: SpanLike): boolean {
  return span.instrumentationScope?.name === WRAPPER
}

/** The record of a span that has ended, without what is secret in its texts, at `performance.now()`. */
export function toCleanEnd(span: SpanLike, now: number): SpanRecord {
  const record = fromSpan(span, 'ended', 0)
  return isWrappers(span) ? redactWrappers(record, now) : redactRecord(record)
}

/** The same record without what is secret in its texts; for spans that somebody else than the wrapper has made. */
export function redactRecord(record: SpanRecord): SpanRecord {
  const attributes: Record<string, RecordValue> = {}
  for (const [name, value] of Object.entries(record.attributes)) {
    attributes[name] = typeof value === 'string' && !PLAIN.has(name) ? redactText(value) : value
  }
  return { ...record, name: redactText(record.name), attributes }
}

/** The same for a span of the wrapper, at `performance.now()`: all else in it was redacted when it was recorded. */
export function redactWrappers(record: SpanRecord, now: number): SpanRecord {
  if (now - since >= REMEMBERED_MS) {
    remembered.clear()
    since = now
  }
  const { attributes } = record
  const name = redactGiven(record.name)
  if (
    name === record.name &&
    (attributes[ATTR.name] === name || isClean(attributes[ATTR.name])) &&
    isClean(attributes[ATTR.title]) &&
    isClean(attributes[ATTR.tags]) &&
    isClean(attributes[ATTR.mode])
  )
    return record
  const changed: Record<string, RecordValue> = { ...attributes }
  for (const given of GIVEN) {
    const value = changed[given]
    if (typeof value === 'string') changed[given] = redactGiven(value)
  }
  return { ...record, name, attributes: changed }
}

function isClean(value: RecordValue | undefined): boolean {
  return typeof value !== 'string' || redactGiven(value) === value
}

/** Names come again and again; but a secret may be registered at any time, so what was found holds for a while only. */
const REMEMBERED_MS = 1_000
const MAX_REMEMBERED = 1_000
const remembered = new Map<string, string>()
let since = 0

function redactGiven(text: string): string {
  const known = remembered.get(text)
  if (known !== undefined) return known
  if (remembered.size >= MAX_REMEMBERED) remembered.clear()
  const clean = redactText(text)
  remembered.set(text, clean)
  return clean
}
