import type { HrTime, Link } from '@opentelemetry/api'
import type { InstrumentationScope } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-node'
import { ByteWriter } from './byte-writer.js'

// Tags of protobuf: the number of the field and how it is written.
const varint = (field: number) => field << 3
const fixed64 = (field: number) => (field << 3) | 1
const message = (field: number) => (field << 3) | 2
const fixed32 = (field: number) => (field << 3) | 5

/** Says that the next bit, whether the parent is remote, is known. */
const HAS_IS_REMOTE = 0x100
const IS_REMOTE = 0x200

/**
 * Makes a function that writes spans as an `ExportTraceServiceRequest`: byte for byte what the SDK writes, in one pass
 * instead of two. An attribute that says what it said in the span before is copied.
 */
export function createTraceWriter(): (spans: readonly ReadableSpan[]) => Uint8Array {
  const writer = new ByteWriter()
  return (spans) => {
    const last: Last = new Map()
    for (const [resource, scopes] of groupSpans(spans)) {
      writer.varint(message(1))
      const begin = writer.begin()
      writeResource(writer, resource)
      for (const [scope, members] of scopes) writeScopeSpans(writer, scope, members, last)
      if (resource.schemaUrl) writeText(writer, 3, resource.schemaUrl)
      writer.end(begin)
    }
    return writer.take()
  }
}

/** Where the bytes of a span begin: known for good only when its length is. */
interface Place {
  begin: number
}

/** The attribute of each name that was written last: its value, and where in which span it lies. */
type Last = Map<string, { value: string; place: Place; offset: number; size: number }>

function groupSpans(spans: readonly ReadableSpan[]): Map<Resource, Map<InstrumentationScope, ReadableSpan[]>> {
  const groups = new Map<Resource, Map<InstrumentationScope, ReadableSpan[]>>()
  for (const span of spans) {
    const scopes = groups.get(span.resource) ?? new Map<InstrumentationScope, ReadableSpan[]>()
    groups.set(span.resource, scopes)
    const members = scopes.get(span.instrumentationScope)
    if (members === undefined) scopes.set(span.instrumentationScope, [span])
    else members.push(span)
  }
  return groups
}

function writeResource(writer: ByteWriter, resource: Resource): void {
  writer.varint(message(1))
  const begin = writer.begin()
  writeAttributes(writer, 1, resource.attributes)
  writeCount(writer, 2, 0)
  writer.end(begin)
}

type Scope = InstrumentationScope & { attributes?: object; droppedAttributesCount?: number }

function writeScopeSpans(writer: ByteWriter, scope: Scope, spans: readonly ReadableSpan[], last: Last): void {
  writer.varint(message(2))
  const begin = writer.begin()
  writer.varint(message(1))
  const beginScope = writer.begin()
  writeText(writer, 1, scope.name)
  if (scope.version) writeText(writer, 2, scope.version)
  if (scope.attributes) writeAttributes(writer, 3, scope.attributes)
  if (scope.droppedAttributesCount) writeCount(writer, 4, scope.droppedAttributesCount)
  writer.end(beginScope)
  last.clear()
  for (const span of spans) writeSpan(writer, span, last)
  if (scope.schemaUrl) writeText(writer, 3, scope.schemaUrl)
  writer.end(begin)
}

function writeSpan(writer: ByteWriter, span: ReadableSpan, last: Last): void {
  writer.varint(message(2))
  const begin = writer.begin()
  const { traceId, spanId, traceState, traceFlags } = span.spanContext()
  const parent = span.parentSpanContext
  const state = traceState?.serialize()
  writeId(writer, 1, traceId)
  writeId(writer, 2, spanId)
  if (state) writeText(writer, 3, state)
  if (parent?.spanId) writeId(writer, 4, parent.spanId)
  writeText(writer, 5, span.name)
  if (span.kind != null) writeCount(writer, 6, span.kind + 1)
  writeTime(writer, 7, span.startTime)
  writeTime(writer, 8, span.endTime)
  const place = { begin }
  writeSpanAttributes(writer, span.attributes, last, place)
  writeCount(writer, 10, span.droppedAttributesCount)
  for (const event of span.events) writeEvent(writer, event)
  writeCount(writer, 12, span.droppedEventsCount)
  for (const link of span.links) writeLink(writer, link)
  writeCount(writer, 14, span.droppedLinksCount)
  writer.varint(message(15))
  const beginStatus = writer.begin()
  if (span.status.message) writeText(writer, 2, span.status.message)
  writeCount(writer, 3, span.status.code)
  writer.end(beginStatus)
  writeFlags(writer, 16, traceFlags, parent?.isRemote)
  place.begin += writer.end(begin)
}

function writeEvent(writer: ByteWriter, { time, name, attributes, droppedAttributesCount }: TimedEvent): void {
  writer.varint(message(11))
  const begin = writer.begin()
  writeTime(writer, 1, time)
  writeText(writer, 2, name)
  if (attributes) writeAttributes(writer, 3, attributes)
  writeCount(writer, 4, droppedAttributesCount ?? 0)
  writer.end(begin)
}

function writeLink(writer: ByteWriter, { context, attributes, droppedAttributesCount }: Link): void {
  writer.varint(message(13))
  const begin = writer.begin()
  const state = context.traceState?.serialize()
  writeId(writer, 1, context.traceId)
  writeId(writer, 2, context.spanId)
  if (state) writeText(writer, 3, state)
  if (attributes) writeAttributes(writer, 4, attributes)
  writeCount(writer, 5, droppedAttributesCount ?? 0)
  writeFlags(writer, 6, context.traceFlags, context.isRemote)
  writer.end(begin)
}

function writeText(writer: ByteWriter, field: number, text: string): void {
  writer.varint(message(field))
  writer.text(text)
}

function writeId(writer: ByteWriter, field: number, hex: string): void {
  writer.varint(message(field))
  writer.hex(hex)
}

function writeCount(writer: ByteWriter, field: number, count: number): void {
  writer.varint(varint(field))
  writer.varint(count)
}

function writeTime(writer: ByteWriter, field: number, time: HrTime): void {
  writer.varint(fixed64(field))
  writer.time(time)
}

function writeFlags(writer: ByteWriter, field: number, traceFlags: number, isRemote: boolean | undefined): void {
  writer.varint(fixed32(field))
  writer.fixed32((traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0))
}

function writeSpanAttributes(
  writer: ByteWriter,
  attributes: ReadableSpan['attributes'],
  last: Last,
  place: Place,
): void {
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    if (typeof value !== 'string') {
      writeAttribute(writer, 9, name, value)
      continue
    }
    const offset = writer.at - place.begin
    const before = last.get(name)
    if (before === undefined || before.value !== value) {
      writeAttribute(writer, 9, name, value)
      last.set(name, { value, place, offset, size: writer.at - place.begin - offset })
      continue
    }
    const from = before.place.begin + before.offset
    writer.reserve(before.size)
    writer.bytes.copyWithin(writer.at, from, from + before.size)
    writer.at += before.size
    before.place = place
    before.offset = offset
  }
}

function writeAttributes(writer: ByteWriter, field: number, attributes: object): void {
  for (const [name, value] of Object.entries(attributes)) writeAttribute(writer, field, name, value)
}

function writeAttribute(writer: ByteWriter, field: number, name: string, value: unknown): void {
  writer.varint(message(field))
  const begin = writer.begin()
  writeText(writer, 1, name)
  writeValue(writer, 2, value)
  writer.end(begin)
}

function writeValue(writer: ByteWriter, field: number, value: unknown): void {
  writer.varint(message(field))
  const begin = writer.begin()
  if (typeof value === 'string') writeText(writer, 1, value)
  else if (typeof value === 'boolean') writeCount(writer, 2, value ? 1 : 0)
  else if (typeof value === 'number') writeNumber(writer, value)
  else if (Array.isArray(value)) writeList(writer, value)
  else if (value instanceof Uint8Array) writeBytes(writer, value)
  else if (typeof value === 'object' && value !== null) writeObject(writer, value)
  writer.end(begin)
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) writeCount(writer, 3, value)
  else {
    writer.varint(fixed64(4))
    writer.double(value)
  }
}

function writeList(writer: ByteWriter, list: readonly unknown[]): void {
  writer.varint(message(5))
  const begin = writer.begin()
  for (const value of list) writeValue(writer, 1, value)
  writer.end(begin)
}

function writeObject(writer: ByteWriter, object: object): void {
  writer.varint(message(6))
  const begin = writer.begin()
  writeAttributes(writer, 1, object)
  writer.end(begin)
}

function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
  writer.varint(message(7))
  writer.varint(bytes.length)
  writer.reserve(bytes.length)
  writer.bytes.set(bytes, writer.at)
  writer.at += bytes.length
}
