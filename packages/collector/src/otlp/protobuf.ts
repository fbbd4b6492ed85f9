import { createAttributeReader } from './attributes.js'
import { createSpanCollection, type DecodedSpans, REASON, type SpanCollection } from './decoded.js'
import { type Cursor, forEachField, readEnd, readFixed, readNanos, readVarint, skipField, toTag, WIRE } from './wire.js'

const RESOURCE_SPANS = toTag(1, WIRE.bytes)
const SCOPE_SPANS = toTag(2, WIRE.bytes)
const SPAN = toTag(2, WIRE.bytes)
const TRACE_ID = toTag(1, WIRE.bytes)
const SPAN_ID = toTag(2, WIRE.bytes)
const PARENT_SPAN_ID = toTag(4, WIRE.bytes)
const NAME = toTag(5, WIRE.bytes)
const START = toTag(7, WIRE.fixed64)
const END = toTag(8, WIRE.fixed64)
const ATTRIBUTE = toTag(9, WIRE.bytes)
const STATUS = toTag(15, WIRE.bytes)
const STATUS_CODE = toTag(3, WIRE.varint)

/**
 * Reads an `ExportTraceServiceRequest` in one pass. A span that is not ours is passed over without allocating; one
 * with a fault of its own is rejected and its neighbours are kept; text that is no UTF-8 is read with U+FFFD.
 *
 * @throws MalformedBody when the bytes are no such message.
 */
export function decodeProtobufSpans(body: Uint8Array): DecodedSpans {
  const cursor: Cursor = { bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength), at: 0 }
  const found = createSpanCollection()
  const read = createSpanReader(cursor, found)
  forEachField(cursor, body.byteLength, RESOURCE_SPANS, (resourceEnd) =>
    forEachField(cursor, resourceEnd, SCOPE_SPANS, (scopeEnd) => forEachField(cursor, scopeEnd, SPAN, read)),
  )
  return found
}

/** Makes the function that reads one span: first where everything stands, then, if it is ours, what it says. */
function createSpanReader(cursor: Cursor, found: SpanCollection): (end: number) => void {
  const { bytes } = cursor
  const attributes = createAttributeReader(cursor)
  const toTraceId = createIdMemory(bytes, 16)
  const toParentId = createIdMemory(bytes, 8)

  return (end) => {
    let traceAt = 0
    let traceLength = 0
    let spanAt = 0
    let spanLength = 0
    let parentAt = 0
    let parentLength = 0
    let nameAt = 0
    let nameEnd = 0
    let startAt = -1
    let endAt = -1
    let statusCode = 0
    attributes.begin()
    while (cursor.at < end) {
      const field = readVarint(cursor, end)
      switch (field) {
        case ATTRIBUTE:
          attributes.scan(readEnd(cursor, end))
          break
        case TRACE_ID: {
          const last = readEnd(cursor, end)
          traceAt = cursor.at
          traceLength = last - traceAt
          cursor.at = last
          break
        }
        case SPAN_ID: {
          const last = readEnd(cursor, end)
          spanAt = cursor.at
          spanLength = last - spanAt
          cursor.at = last
          break
        }
        case PARENT_SPAN_ID: {
          const last = readEnd(cursor, end)
          parentAt = cursor.at
          parentLength = last - parentAt
          cursor.at = last
          break
        }
        case NAME:
          nameEnd = readEnd(cursor, end)
          nameAt = cursor.at
          cursor.at = nameEnd
          break
        case START:
          startAt = readFixed(cursor, 8, end)
          break
        case END:
          endAt = readFixed(cursor, 8, end)
          break
        case STATUS: {
          const last = readEnd(cursor, end)
          while (cursor.at < last) {
            const part = readVarint(cursor, last)
            if (part === STATUS_CODE) statusCode = readVarint(cursor, last)
            else skipField(cursor, part, last)
          }
          break
        }
        default:
          skipField(cursor, field, end)
      }
    }

    const fault =
      traceLength !== 16 || isZero(bytes, traceAt, 16)
        ? REASON.traceId
        : spanLength !== 8 || isZero(bytes, spanAt, 8)
          ? REASON.spanId
          : parentLength !== 0 && parentLength !== 8
            ? REASON.parentSpanId
            : undefined
    if (fault !== undefined) found.reject(bytes.toString('utf8', nameAt, nameEnd), fault)
    else if (!attributes.isOurs()) found.pass()
    else {
      found.take({
        traceId: toTraceId(traceAt),
        spanId: bytes.toString('hex', spanAt, spanAt + 8),
        parentSpanId: parentLength === 0 || isZero(bytes, parentAt, 8) ? null : toParentId(parentAt),
        name: attributes.readText(nameAt, nameEnd),
        start: startAt < 0 ? '0' : readNanos(bytes, startAt),
        end: endAt < 0 ? '0' : readNanos(bytes, endAt),
        statusCode,
        attributes: attributes.toObject(),
      })
    }
    cursor.at = end
  }
}

/** Reads ids as hex, and gives the last one again where it stands again. */
function createIdMemory(bytes: Buffer, length: number): (at: number) => string {
  let lastAt = -1
  let lastId = ''
  return (at) => {
    if (lastAt >= 0 && isSame(bytes, lastAt, at, length)) return lastId
    lastAt = at
    lastId = bytes.toString('hex', at, at + length)
    return lastId
  }
}

function isSame(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  for (let at = length - 1; at >= 0; at--) if (bytes[one + at] !== bytes[other + at]) return false
  return true
}

function isZero(bytes: Uint8Array, begin: number, count: number): boolean {
  for (let at = begin; at < begin + count; at++) if (bytes[at] !== 0) return false
  return true
}
