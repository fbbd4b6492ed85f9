import { createRequire } from 'node:module'
import { kindOf, type SpanRecord, toRecordAttributes } from '@runspan/results/core'

/** The messages that protobufjs generated from the official definitions; only what is needed of them. */
interface Generated {
  encode(message: object): { finish(): Uint8Array }
  decode(bytes: Uint8Array): object
  fromObject(object: object): object
  toObject(message: object, options: object): unknown
}

const root = createRequire(import.meta.url)('otlp-definitions/build/src/generated/root.js') as {
  opentelemetry: {
    proto: {
      collector: { trace: { v1: { ExportTraceServiceRequest: Generated; ExportTraceServiceResponse: Generated } } }
    }
  }
}

const { v1 } = root.opentelemetry.proto.collector.trace

export interface OfficialValue {
  stringValue?: string
  boolValue?: boolean
  intValue?: string
  doubleValue?: number
  arrayValue?: { values?: OfficialValue[] }
  kvlistValue?: { values?: { key?: string; value?: OfficialValue }[] }
  bytesValue?: Uint8Array
}

export interface OfficialSpan {
  traceId?: Uint8Array
  spanId?: Uint8Array
  parentSpanId?: Uint8Array
  name?: string
  startTimeUnixNano?: string
  endTimeUnixNano?: string
  attributes?: { key?: string; value?: OfficialValue }[]
  status?: { code?: number; message?: string }
  [other: string]: unknown
}

export interface OfficialRequest {
  resourceSpans?: { scopeSpans?: { spans?: OfficialSpan[]; [other: string]: unknown }[]; [other: string]: unknown }[]
}

export function encodeOfficial(request: OfficialRequest): Uint8Array {
  const type = v1.ExportTraceServiceRequest
  return type.encode(type.fromObject(request)).finish()
}

/** Reads with the official decoder. */
export function decodeOfficial(bytes: Uint8Array): OfficialRequest {
  const type = v1.ExportTraceServiceRequest
  return type.toObject(type.decode(bytes), { longs: String, bytes: Uint8Array }) as OfficialRequest
}

/** Reads the answer to a request with the official decoder. */
export function decodeOfficialResponse(bytes: Uint8Array): unknown {
  const type = v1.ExportTraceServiceResponse
  return type.toObject(type.decode(bytes), { longs: Number })
}

/** The records of a request by the plainest possible reading of what the official decoder gave. */
export function toOfficialRecords(request: OfficialRequest): SpanRecord[] {
  const records: SpanRecord[] = []
  for (const resource of request.resourceSpans ?? []) {
    for (const scope of resource.scopeSpans ?? []) {
      for (const span of scope.spans ?? []) {
        if (!isId(span.traceId, 16) || !isId(span.spanId, 8)) continue
        if (span.parentSpanId?.length && span.parentSpanId.length !== 8) continue
        const record = toOfficialRecord(span)
        if (kindOf(record) !== undefined) records.push(record)
      }
    }
  }
  return records
}

function toOfficialRecord(span: OfficialSpan): SpanRecord {
  const end = BigInt(span.endTimeUnixNano ?? 0).toString()
  return {
    phase: 'ended',
    seq: 0,
    traceId: toHex(span.traceId),
    spanId: toHex(span.spanId),
    parentSpanId: isId(span.parentSpanId, 8) ? toHex(span.parentSpanId) : null,
    name: (span.name ?? '').toWellFormed(),
    start: BigInt(span.startTimeUnixNano ?? 0).toString(),
    end: end === '0' ? null : end,
    status: span.status?.code === 2 ? 'error' : span.status?.code === 1 ? 'ok' : 'unset',
    attributes: toRecordAttributes(
      Object.fromEntries((span.attributes ?? []).map(({ key = '', value }) => [key, toPlain(value ?? {})])),
    ),
  }
}

function toPlain(value: OfficialValue): unknown {
  if (value.stringValue !== undefined) return value.stringValue
  if (value.boolValue !== undefined) return value.boolValue
  if (value.intValue !== undefined) return BigInt(value.intValue)
  return value.doubleValue
}

/** A request as the JSON form of OTLP writes it: ids in hex, everything else as protobuf's own JSON. */
export function toOfficialJson(request: OfficialRequest): string {
  return JSON.stringify(request, function (this: Record<string, unknown>, key, written) {
    // Not `written`: bytes have a JSON form of their own already there.
    const value = this[key]
    if (value instanceof Uint8Array) return key.endsWith('Id') ? toHex(value) : Buffer.from(value).toString('base64')
    return typeof value === 'number' ? toJsonNumber(value) : written
  })
}

function toJsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

function isId(bytes: Uint8Array | undefined, length: number): boolean {
  return bytes?.length === length && bytes.some((byte) => byte !== 0)
}

function toHex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex')
}
