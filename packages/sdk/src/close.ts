import { SpanStatusCode } from '@opentelemetry/api'
import {
  ATTR,
  ERROR_CATEGORY,
  type Outcome,
  type SerializedError,
  serializeError,
  toSpanStatus,
  toText,
} from '@runspan/results/core'
import { captureText } from './capture.js'
import { announce } from './live.js'
import { countEnd } from './metrics.js'
import type { Open } from './open.js'
import { guard, report } from './report.js'

/** How a call ended. */
export type Settled =
  | { readonly outcome: 'success'; readonly output: unknown }
  | { readonly outcome: 'failed' | 'timed_out' | 'retry'; readonly error: unknown; readonly retriesUsedUp?: boolean }
  | { readonly outcome: 'skipped' | 'cancelled'; readonly reason: string | undefined; readonly error?: unknown }

const MAX_REASON = 1_024

/** Ends the span of a call, once; a second end is counted and ignored. Never throws. */
export function close(opened: Open, settled: Settled): void {
  if (opened.settled) {
    report(`'${opened.target.name}' was settled twice; the first outcome stands`)
    return
  }
  opened.settled = true
  if (!opened.active) return
  const told = opened.skipReason !== undefined && settled.outcome === 'success' ? skip(opened.skipReason) : settled
  if (opened.recording)
    guard(`the outcome of '${opened.target.name}' could not be recorded`, () => record(opened, told))
  guard('ending a span failed', () => opened.span.end())
  announce(opened, 'ended')
  countEnd(opened, told)
}

/** The outcome that a thrown value stands for: a time-out and an abort are not failures like others. */
export function toSettled(opened: Open, error: unknown): Settled {
  const name = nameOf(error)
  if (name === 'TimeoutError') return { outcome: 'timed_out', error }
  const { signal } = opened
  if (name === 'AbortError' || (signal?.aborted && error === signal.reason)) {
    return { outcome: 'cancelled', reason: messageOf(error), error }
  }
  return { outcome: 'failed', error }
}

function skip(reason: string): Settled {
  return { outcome: 'skipped', reason }
}

function record(opened: Open, settled: Settled): void {
  const { span, target, group, warnings } = opened
  span.setAttribute(ATTR.outcome, settled.outcome)
  if (opened.kind !== 'attempt') {
    if (warnings.length > 0) span.setAttribute(ATTR.warnings, JSON.stringify(warnings))
    if (opened.spanId === group.rootId) span.setAttribute(ATTR.steps, group.ordinals ?? 0)
  }
  if (settled.outcome === 'success') {
    if (target.captureOutputs && opened.kind !== 'attempt') span.setAttribute(ATTR.outputs, captureText(settled.output))
    return
  }
  if ('reason' in settled) {
    if (settled.reason !== undefined) span.setAttribute(ATTR.outcomeReason, toText(settled.reason, MAX_REASON))
    return
  }
  recordError(opened, settled.outcome, settled.error, settled.retriesUsedUp === true)
}

function recordError(opened: Open, outcome: Outcome, thrown: unknown, retriesUsedUp: boolean): void {
  const { span, target } = opened
  const error = serializeError(thrown)
  const { errorCode } = target
  const own =
    typeof errorCode === 'function' ? guard('the errorCode option failed', () => errorCode(thrown)) : errorCode
  span.setAttribute(ATTR.errorCode, Number.isSafeInteger(own) ? (own as number) : error.code)
  span.setAttribute(ATTR.errorCategory, category(outcome, error, retriesUsedUp))
  span.setAttribute(ATTR.errorType, error.type)
  span.setAttribute(ATTR.exceptionType, error.type)
  span.setAttribute(ATTR.exceptionMessage, error.message)
  if (error.stack !== null) span.setAttribute(ATTR.exceptionStacktrace, error.stack)
  if (toSpanStatus(outcome) === 'error')
    span.setStatus({ code: SpanStatusCode.ERROR, message: toText(error.message, MAX_REASON) })
  recordException(opened, error)
}

function category(outcome: Outcome, error: SerializedError, retriesUsedUp: boolean): string {
  if (outcome === 'timed_out') return ERROR_CATEGORY.timeout
  return retriesUsedUp ? ERROR_CATEGORY.retryExhausted : error.category
}

/** The `exception` event of OpenTelemetry, from our own description: `recordException` throws for a hostile error. */
function recordException(opened: Open, error: SerializedError): void {
  opened.span.addEvent('exception', {
    [ATTR.exceptionType]: error.type,
    [ATTR.exceptionMessage]: error.message,
    [ATTR.exceptionStacktrace]: error.stack ?? undefined,
  })
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null
    ? guard('reading an error failed', () => (error as Error).name)
    : undefined
}

function messageOf(error: unknown): string {
  return serializeError(error).message
}
