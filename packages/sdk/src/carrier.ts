import { type Context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { sharesIdentity } from './config.js'
import { joinRun } from './create-open.js'
import { activeContext, currentOpen, enter } from './frame.js'
import type { Open } from './open.js'
import { guard } from './report.js'
import { activeTracer } from './tracer.js'
import {
  BAGGAGE,
  parseIdentity,
  parseTraceparent,
  TRACEPARENT,
  toTraceparent,
  withIdentity,
  withoutIdentity,
} from './w3c.js'

/** What carries a run from one process to another: header names in lower case, and their values. */
export type Carrier = Record<string, string>

/** Other headers: a plain object, or anything that gives pairs, such as `Headers`. */
export type HeadersInput = Readonly<Carrier> | Iterable<readonly [string, string]>

/**
 * The current trace context and run, as headers for an HTTP request, a message or a worker. Switched off, or without a
 * provider, they are the given ones.
 *
 * @param init other headers; they are copied, and ours win.
 */
export function headers(init: HeadersInput = {}): Carrier {
  const carrier: Carrier = Object.fromEntries(Symbol.iterator in init ? init : Object.entries(init))
  if (activeTracer() === null) return carrier
  const own: Carrier = {}
  guard('the current run could not be put into headers', () => inject(own))
  for (const name of Object.keys(carrier)) if (name.toLowerCase() in own) delete carrier[name]
  return Object.assign(carrier, own)
}

function inject(carrier: Carrier): void {
  const opened = currentOpen()
  const active = activeContext()
  const from = opened !== undefined && trace.getSpan(active) === undefined ? opened.inner : active
  guard('the propagator failed', () => propagation.inject(from, carrier))
  const span = trace.getSpanContext(from)
  // Whatever the propagators are, the other side of `continueRun` understands W3C.
  if (carrier[TRACEPARENT] === undefined && span !== undefined && trace.isSpanContextValid(span)) {
    carrier[TRACEPARENT] = toTraceparent(span)
  }
  if (opened === undefined || !opened.active || !sharesIdentity()) return
  carrier[BAGGAGE] = withIdentity(carrier[BAGGAGE], { runKey: opened.group.key, parentId: opened.spanId })
}

/**
 * Calls `fn` as a part of the run that the carrier names: steps called in it join that run's document. What the carrier
 * says grants nothing; without a run in it, `fn` continues the trace alone.
 *
 * @param carrier headers in any case; of several values the first counts.
 */
export function continueRun<T>(
  carrier: Readonly<Record<string, string | readonly string[] | undefined>> | Iterable<readonly [string, string]>,
  fn: () => T,
): T {
  const joined =
    activeTracer() === null ? undefined : guard('the headers of a run could not be read', () => join(carrier))
  if (joined === undefined) return fn()
  return enter(joined.inner, joined.open, fn)
}

/** A context that goes on where a carrier came from, and the run it names. */
export interface Joined {
  readonly inner: Context
  readonly open: Open | undefined
}

/** Reads a carrier; undefined when it names neither a trace nor a run. */
export function join(carrier: object): Joined | undefined {
  const plain: Carrier = {}
  const pairs = Symbol.iterator in carrier ? (carrier as Iterable<[string, unknown]>) : Object.entries(carrier)
  for (const [name, value] of pairs) {
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string') plain[name.toLowerCase()] = first
  }
  const identity = sharesIdentity() ? parseIdentity(plain[BAGGAGE]) : undefined
  plain[BAGGAGE] = withoutIdentity(plain[BAGGAGE])
  let inner = guard('the propagator failed', () => propagation.extract(ROOT_CONTEXT, plain)) ?? ROOT_CONTEXT
  if (trace.getSpanContext(inner) === undefined) {
    const parent = parseTraceparent(plain[TRACEPARENT])
    if (parent !== undefined) inner = trace.setSpanContext(inner, parent)
  }
  if (identity !== undefined) {
    const open = joinRun(inner, identity.runKey, identity.parentId)
    return { inner: open.inner, open }
  }
  return trace.getSpanContext(inner) === undefined ? undefined : { inner, open: undefined }
}
