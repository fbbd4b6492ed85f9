import { type Context, context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { parseRunKey } from '@runspan/results/core'
import { currentOpen, enter } from './frame.js'
import { joinRun, type Open } from './open.js'
import { guard } from './report.js'

/** What carries a run from one process to another: header names in lower case, and their values. */
export type Carrier = Record<string, string>

/** The baggage entries that say which run and which step a call was made in. */
const RUN = 'runspan.run'
const PARENT = 'runspan.parent'

/**
 * The current trace context and run, as headers for an HTTP request, a message or a worker.
 *
 * @param init other headers; they are copied, and ours win.
 */
export function headers(init: Readonly<Carrier> = {}): Carrier {
  const carrier = { ...init }
  guard('the current run could not be put into headers', () => {
    const opened = currentOpen()
    let active = context.active()
    if (opened?.active) {
      const baggage = (propagation.getBaggage(active) ?? propagation.createBaggage())
        .setEntry(RUN, { value: opened.group.key })
        .setEntry(PARENT, { value: opened.spanId })
      active = propagation.setBaggage(active, baggage)
    }
    propagation.inject(active, carrier)
  })
  return carrier
}

/**
 * Calls `fn` as a part of the run that the carrier names: steps called in it join that run's document. What the carrier
 * says grants nothing; without a run in it, `fn` continues the trace alone.
 *
 * @param carrier headers in any case; of several values the first counts.
 */
export function continueRun<T>(
  carrier: Readonly<Record<string, string | readonly string[] | undefined>>,
  fn: () => T,
): T {
  const joined = guard('the headers of a run could not be read', () => join(carrier))
  if (joined === undefined) return fn()
  return joined.open === undefined ? context.with(joined.inner, fn) : enter(joined.inner, joined.open, fn)
}

/** A context that goes on where a carrier came from, and the run it names. */
export interface Joined {
  readonly inner: Context
  readonly open: Open | undefined
}

/** Reads a carrier; undefined when it names neither a trace nor a run. */
export function join(carrier: Readonly<Record<string, unknown>>): Joined | undefined {
  const plain: Carrier = {}
  for (const [name, value] of Object.entries(carrier)) {
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string') plain[name.toLowerCase()] = first
  }
  const inner = propagation.extract(ROOT_CONTEXT, plain)
  const baggage = propagation.getBaggage(inner)
  const key = baggage?.getEntry(RUN)?.value
  const parent = baggage?.getEntry(PARENT)?.value
  const ids = parseRunKey(key)
  if (ids === undefined || key === undefined || parent === undefined || !/^[0-9a-f]{16}$/.test(parent)) {
    return trace.getSpanContext(inner) === undefined ? undefined : { inner, open: undefined }
  }
  const open = joinRun(inner, key, parent)
  return { inner: open.inner, open }
}
