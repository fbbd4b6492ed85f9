import type { IncomingMessage } from 'node:http'
import { isCollectorError } from '../collector-error.js'
import type { Counters, DropListener, DropReason } from '../metrics.js'
import {
  CONTENT_TYPE,
  encodeStatus,
  encodeSuccess,
  type PartialSuccess,
  type Signal,
  type WireForm,
} from '../otlp/answer.js'
import { countJson, countProtobuf } from '../otlp/count.js'
import { type DecodedSpans, MalformedBody } from '../otlp/decoded.js'
import { decodeJsonSpans } from '../otlp/json.js'
import { decodeProtobufSpans } from '../otlp/protobuf.js'
import { MAX_VERSIONS, type RunStore } from '../store/run-store.js'
import { createAdmission } from './admission.js'
import { announcedLength, readBody } from './body.js'
import { FAULT_CODES, type FaultStatus, HttpFault, toFault } from './fault.js'
import type { Guard } from './guard.js'
import { RETRY_AFTER } from './limits.js'

/** A whole answer. */
export interface Reply {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array | string
}

/** Which kind of telemetry comes in on which path. */
export const INGEST_PATHS: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
  ['/v1/metrics', 'metrics'],
])

/** How much is set aside for a body that does not say how long it is. */
const UNKNOWN_LENGTH = 1024 * 1024

const DROP_REASON = {
  400: 'malformed',
  401: 'refused',
  404: 'unsupported',
  405: 'unsupported',
  413: 'too_large',
  415: 'unsupported',
  421: 'refused',
  503: 'unavailable',
} as const satisfies Record<FaultStatus, DropReason>

/**
 * Makes the function that answers OTLP. A 200 is given only for what the store has committed. It never throws.
 */
export function createIngest(
  store: RunStore,
  counters: Counters,
  onDrop: DropListener,
  guard: Guard,
): (signal: Signal, request: IncomingMessage) => Promise<Reply> {
  const admit = createAdmission()
  const drop = (reason: DropReason, count: number, message: string) => {
    if (count === 0) return
    counters.dropped[reason] += count
    onDrop(reason, count, message)
  }

  const take = async (
    signal: Signal,
    form: WireForm,
    request: IncomingMessage,
  ): Promise<PartialSuccess | undefined> => {
    const admitted = admit(announcedLength(request) ?? UNKNOWN_LENGTH)
    try {
      const body = await readBody(request)
      admitted.grow(body.length)
      if (signal !== 'traces') return refuse(signal, form, body)
      const decoded = form === 'json' ? decodeJsonSpans(body) : decodeProtobufSpans(body)
      return await keep(decoded)
    } finally {
      admitted.leave()
    }
  }

  const keep = async (decoded: DecodedSpans): Promise<PartialSuccess | undefined> => {
    const { dropped, added, repeated } =
      decoded.records.length === 0 ? { added: 0, repeated: 0, dropped: 0 } : await store.append(decoded.records)
    counters.spans += decoded.spans - decoded.rejected
    counters.stored += added
    counters.repeated += repeated
    const rejected = decoded.rejected + dropped
    if (rejected === 0) return undefined
    const reasons = [...decoded.reasons]
    if (decoded.rejected > reasons.length) reasons.push(`${decoded.rejected - reasons.length} more`)
    if (dropped > 0) reasons.push(`${dropped} came in more than ${MAX_VERSIONS} different versions`)
    const message = `${rejected} of ${decoded.spans} spans are not kept: ${reasons.join('; ')}`
    drop('rejected', decoded.rejected, message)
    drop('versions', dropped, message)
    return { rejected, message }
  }

  const refuse = (signal: 'logs' | 'metrics', form: WireForm, body: Uint8Array): PartialSuccess => {
    const rejected = form === 'json' ? countJson(body, signal) : countProtobuf(body, signal)
    const message = `Runspan keeps no ${signal}; send them elsewhere, or do not send them here.`
    drop('not_kept', rejected, message)
    return { rejected, message }
  }

  return async (signal, request) => {
    const form = formOf(request.headers['content-type'])
    try {
      guard(request)
      if (request.method !== 'POST') throw new HttpFault(405, 'Telemetry is sent by POST.')
      if (form === undefined) throw unknownForm(request.headers['content-type'])
      const partial = await take(signal, form, request)
      return reply(200, form, encodeSuccess(form, signal, partial))
    } catch (error) {
      const fault = toIngestFault(error)
      drop(DROP_REASON[fault.status], 1, fault.message)
      return toFaultReply(fault, form ?? 'json')
    }
  }
}

/** The answer for a fault, in the form of the request. */
function toFaultReply(fault: HttpFault, form: WireForm): Reply {
  const answer = reply(fault.status, form, encodeStatus(form, FAULT_CODES[fault.status], fault.message))
  if (fault.status === 503) answer.headers['retry-after'] = String(RETRY_AFTER)
  if (fault.status === 405) answer.headers.allow = 'POST'
  if (fault.status === 401) answer.headers['www-authenticate'] = 'Bearer'
  return answer
}

function reply(status: number, form: WireForm, body: Uint8Array): Reply {
  return { status, headers: { 'content-type': CONTENT_TYPE[form] }, body }
}

function formOf(contentType: string | undefined): WireForm | undefined {
  const type = mediaType(contentType)
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf'
  return type === 'application/json' ? 'json' : undefined
}

function unknownForm(contentType: string | undefined): HttpFault {
  const type = mediaType(contentType)
  const sent = type === '' ? 'No content type' : `The content type ${JSON.stringify(type.slice(0, 80))}`
  return new HttpFault(415, `${sent} is not understood; send application/x-protobuf or application/json.`)
}

function mediaType(contentType = ''): string {
  return contentType.split(';', 1)[0]!.trim().toLowerCase()
}

function toIngestFault(error: unknown): HttpFault {
  if (error instanceof MalformedBody) return new HttpFault(400, error.message, { cause: error })
  if (isCollectorError(error))
    return new HttpFault(503, 'The store cannot take it now; send it again.', { cause: error })
  return toFault(error)
}
