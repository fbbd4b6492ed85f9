import { type SpanContext, TraceFlags } from '@opentelemetry/api'

/** Header names of the W3C, in lower case as carriers have them. */
export const TRACEPARENT = 'traceparent'
export const BAGGAGE = 'baggage'

/** The baggage entries that say which run and which step a call was made in. */
const RUN = 'runspan.run'
const PARENT = 'runspan.parent'

/** Says which run and which of its spans a carrier comes from. */
export interface Identity {
  readonly runKey: string
  readonly parentId: string
}

/** The `traceparent` header of a span. */
export function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`
}

/** Reads a `traceparent` header; undefined when it is none, or has an id of zeros only. */
export function parseTraceparent(header: string | undefined): SpanContext | undefined {
  const found = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header?.trim() ?? '')
  const [, version, traceId = '', spanId = '', flags = '0', more] = found ?? []
  if (found === null || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true }
}

/** A `baggage` header with the identity in it, in place of any that it had. */
export function withIdentity(header: string | undefined, { runKey, parentId }: Identity): string {
  const others = withoutIdentity(header)
  const own = `${RUN}=${runKey},${PARENT}=${parentId}`
  return others === '' ? own : `${others},${own}`
}

/** A `baggage` header without our entries: what a process was told is not its own to say. */
export function withoutIdentity(header: string | undefined): string {
  return entriesOf(header)
    .filter(({ name }) => name !== RUN && name !== PARENT)
    .map(({ entry }) => entry)
    .join(',')
}

/** The identity in a `baggage` header; undefined unless both parts are there and well-formed. */
export function parseIdentity(header: string | undefined): Identity | undefined {
  let runKey: string | undefined
  let parentId: string | undefined
  for (const { name, value } of entriesOf(header)) {
    if (name === RUN) runKey = value
    else if (name === PARENT) parentId = value
  }
  if (runKey === undefined || !/^[0-9a-f]{32}-[0-9a-f]{16}$/.test(runKey)) return undefined
  return parentId !== undefined && /^[0-9a-f]{16}$/.test(parentId) ? { runKey, parentId } : undefined
}

const MAX_BAGGAGE = 8_192

function entriesOf(header: string | undefined): { entry: string; name: string; value: string }[] {
  if (header === undefined || header.length > MAX_BAGGAGE) return []
  return header
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [pair = ''] = entry.split(';')
      const at = pair.indexOf('=')
      return { entry, name: pair.slice(0, Math.max(at, 0)).trim(), value: pair.slice(at + 1).trim() }
    })
}
