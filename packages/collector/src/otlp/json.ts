import { createSpanCollection, type DecodedSpans, MalformedBody, type RawSpan, REASON } from './decoded.js'

type Obj = Record<string, unknown>

/**
 * The deepest nesting of brackets that is read. The message itself takes 10, and every attribute value inside another
 * takes 3: so it lets pass 64 of those, which nobody writes.
 */
export const MAX_JSON_DEPTH = 10 + 3 * 64

/**
 * Reads an `ExportTraceServiceRequest` written as JSON, into the same records as the protobuf reader does: 64-bit
 * integers as text or number, enums by name or number, ids in hex of either case, keys in camelCase or as in the
 * protobuf definitions. A span with a fault of its own is rejected and its neighbours are kept.
 *
 * @throws MalformedBody when the body is no JSON, is nested too deep, or is no such message.
 */
export function decodeJsonSpans(body: Uint8Array): DecodedSpans {
  const found = createSpanCollection()
  const request = parseObject(body)
  for (const resource of objects(request, 'resourceSpans', 'resource_spans')) {
    for (const scope of objects(resource, 'scopeSpans', 'scope_spans')) {
      for (const span of list(scope, 'spans', 'spans')) {
        const read = readSpan(span)
        if (typeof read === 'string') found.reject(nameOf(span), read)
        else found.take(read)
      }
    }
  }
  return found
}

/** Parses a body as one JSON object; the depth is checked on the bytes, before anything is built. */
export function parseObject(body: Uint8Array): Obj {
  checkDepth(body)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(body))
  } catch (cause) {
    throw new MalformedBody(`The body is no JSON${body.length === 0 ? ': it is empty' : ''}.`, { cause })
  }
  if (!isObject(value)) throw new MalformedBody('The body is JSON, but no object.')
  return value
}

function checkDepth(body: Uint8Array): void {
  let depth = 0
  let quoted = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]
    if (quoted) {
      if (byte === 0x5c) at += 1
      else if (byte === 0x22) quoted = false
    } else if (byte === 0x22) quoted = true
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1
      if (depth > MAX_JSON_DEPTH)
        throw new MalformedBody(`The body is JSON nested deeper than ${MAX_JSON_DEPTH} levels.`)
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1
  }
}

/** Reads a span, or says why it cannot be kept. */
function readSpan(span: unknown): RawSpan | string {
  if (!isObject(span)) return REASON.shape
  const traceId = toId(get(span, 'traceId', 'trace_id'), 32)
  if (traceId === undefined || isZeroId(traceId)) return REASON.traceId
  const spanId = toId(get(span, 'spanId', 'span_id'), 16)
  if (spanId === undefined || isZeroId(spanId)) return REASON.spanId
  const parent = get(span, 'parentSpanId', 'parent_span_id') ?? ''
  const parentSpanId = parent === '' ? null : toId(parent, 16)
  if (parentSpanId === undefined) return REASON.parentSpanId
  const name = get(span, 'name', 'name') ?? ''
  if (typeof name !== 'string') return REASON.name
  const start = toNanos(get(span, 'startTimeUnixNano', 'start_time_unix_nano'))
  const end = toNanos(get(span, 'endTimeUnixNano', 'end_time_unix_nano'))
  if (start === undefined || end === undefined) return REASON.time
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === null || isZeroId(parentSpanId) ? null : parentSpanId,
    name,
    start,
    end,
    statusCode: toStatusCode(get(span, 'status', 'status')),
    attributes: toAttributes(get(span, 'attributes', 'attributes')),
  }
}

function nameOf(span: unknown): string {
  const name = isObject(span) ? get(span, 'name', 'name') : undefined
  return typeof name === 'string' ? name : ''
}

/** The attributes by name. Without a prototype: a name may be `__proto__`. */
function toAttributes(value: unknown): Record<string, unknown> {
  const attributes: Record<string, unknown> = Object.create(null)
  if (!Array.isArray(value)) return attributes
  for (const entry of value) {
    const key = isObject(entry) ? get(entry, 'key', 'key') : undefined
    if (typeof key === 'string') attributes[key] = toValue(get(entry, 'value', 'value'))
  }
  return attributes
}

/** The value of a text, integer, number or boolean; undefined for everything that a record does not keep. */
function toValue(value: unknown): unknown {
  if (!isObject(value)) return undefined
  const text = get(value, 'stringValue', 'string_value')
  if (typeof text === 'string') return text
  const flag = get(value, 'boolValue', 'bool_value')
  if (typeof flag === 'boolean') return flag
  const integer = get(value, 'intValue', 'int_value')
  if (integer !== undefined) return toInteger(integer)
  const double = get(value, 'doubleValue', 'double_value')
  if (typeof double === 'number') return double
  return typeof double === 'string' && double.trim() !== '' ? Number(double) : undefined
}

function toInteger(value: unknown): number | bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return undefined
  const short = Number(value)
  return Number.isSafeInteger(short) ? short : BigInt(value)
}

const MAX_NANOS = 2n ** 64n

/** A time as decimal digits without leading zeros; `0` when it is missing, undefined when it is none. */
function toNanos(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return '0'
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 && value < 2 ** 64 ? BigInt(value).toString() : undefined
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return undefined
  if (value.length < 19 && value[0] !== '0') return value
  const nanos = BigInt(value)
  return nanos < MAX_NANOS ? nanos.toString() : undefined
}

function toStatusCode(status: unknown): number {
  const code = isObject(status) ? get(status, 'code', 'code') : undefined
  if (code === 'STATUS_CODE_ERROR') return 2
  if (code === 'STATUS_CODE_OK') return 1
  return typeof code === 'number' ? code : 0
}

function toId(value: unknown, digits: number): string | undefined {
  return typeof value === 'string' && value.length === digits && /^[0-9a-fA-F]*$/.test(value)
    ? value.toLowerCase()
    : undefined
}

function isZeroId(id: string): boolean {
  return /^0*$/.test(id)
}

function isObject(value: unknown): value is Obj {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function get(object: Obj, camel: string, snake: string): unknown {
  return object[camel] ?? (camel === snake ? undefined : object[snake])
}

/** The members of a list, whatever they are; none when it is missing. */
export function list(object: Obj, camel: string, snake: string): unknown[] {
  const value = get(object, camel, snake) ?? []
  if (!Array.isArray(value)) throw new MalformedBody(`The body is JSON, but its ${JSON.stringify(camel)} is no list.`)
  return value
}

/** The members of a list of objects. */
export function objects(object: Obj, camel: string, snake: string): Obj[] {
  const members = list(object, camel, snake)
  if (members.every(isObject)) return members
  throw new MalformedBody(`The body is JSON, but its ${JSON.stringify(camel)} holds something that is no object.`)
}
