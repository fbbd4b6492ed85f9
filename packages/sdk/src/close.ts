import { SpanStatusCode } from '@opentelemetry/api'
import {
  ATTR,
  ERROR_CATEGORY,
  isFailure,
  type Outcome,
  redactText,
  type SerializedError,
  serializeError,
  toSpanStatus,
} from '@runspan/results/core'
import { captureText } from './capture.js'
import { wantsExceptionEvents } from './config.js'
import { isOver, write } from './late.js'
import { announce } from './live.js'
import { countEnd } from './metrics.js'
import type { Open } from './open.js'
import { findOrigin, nameFailedStep, noteFailure } from './origin.js'
import { guard, report } from './report.js'
import { checkNow } from './returned.js'
import { CICD, toCicdResult } from './semconv.js'

/** How a call ended. */
export type Settled =
  | { readonly outcome: 'success'; readonly output: unknown }
  | { readonly outcome: 'failed' | 'timed_out' | 'retry'; readonly error: unknown; readonly retriesUsedUp?: boolean }
  | { readonly outcome: 'skipped' | 'cancelled'; readonly reason: string | undefined; readonly error?: unknown }

const MAX_REASON = 1_024

/**
 * Ends the span of a call, once; a second end is counted and ignored. Never throws.
 *
 * @param at when it ended, in milliseconds since 1970. @default now
 */
export function close(opened: Open, settled: Settled, at?: number): void {
  if (opened.settled) {
    report(`'${opened.target.name}' was settled twice; the first outcome stands`)
    return
  }
  opened.settled = true
  if (!opened.active) return
  checkNow(opened)
  const told = opened.skipReason !== undefined && settled.outcome === 'success' ? skip(opened.skipReason) : settled
  const failed = told.outcome === 'failed' || told.outcome === 'timed_out' || told.outcome === 'retry'
  const error = failed ? guard('an error could not be described', () => serializeError(told.error)) : undefined
  try {
    if (opened.recording) record(opened, told, error)
  } catch (fault) {
    report(`the outcome of '${opened.target.name}' could not be recorded`, fault)
  }
  try {
    opened.span.end(at)
  } catch (fault) {
    report('a span could not be ended', fault)
  }
  announce(opened, 'ended')
  countEnd(opened, told.outcome, error?.type)
}

/** The outcome that a thrown value stands for: a time-out and an abort are not failures like others. */
export function toSettled(opened: Open, error: unknown): Settled {
  const { signal } = opened
  const aborted = signal?.aborted === true
  const name = nameOf(error)
  // Code that is told to stop often says so with an error of its own; why it was told is in the signal.
  const isStop = name === 'AbortError' || (aborted && error === signal.reason)
  if (name === 'TimeoutError' || (isStop && aborted && nameOf(signal.reason) === 'TimeoutError')) {
    return { outcome: 'timed_out', error }
  }
  return isStop ? { outcome: 'cancelled', reason: serializeError(error).message, error } : { outcome: 'failed', error }
}

function skip(reason: string): Settled {
  return { outcome: 'skipped', reason }
}

function record(opened: Open, settled: Settled, error: SerializedError | undefined): void {
  const { target, group, kind } = opened
  if (opened.own !== undefined && isOver(opened.span)) opened.own = undefined
  write(opened, ATTR.outcome, settled.outcome)
  if (kind !== 'attempt') {
    if (opened.warnings !== undefined) write(opened, ATTR.warnings, JSON.stringify(opened.warnings))
    if (opened.spanId === group.rootId && group.ordinals !== undefined) write(opened, ATTR.steps, group.ordinals)
    if (group.cicd) recordCicd(opened, settled.outcome)
  }
  if (settled.outcome === 'success') {
    if (target.captureOutputs && kind !== 'attempt') {
      const text = guard('an output could not be recorded', () => captureText(settled.output))
      if (text !== undefined) write(opened, ATTR.outputs, text)
    }
  } else if ('reason' in settled) {
    if (settled.reason !== undefined) write(opened, ATTR.outcomeReason, redactText(settled.reason, MAX_REASON))
  } else if (error !== undefined) {
    const code = recordError(opened, settled.outcome, error, settled.error, settled.retriesUsedUp === true)
    if (isFailure(settled.outcome)) tellFailure(opened, settled.error, code)
  }
}

function recordError(
  opened: Open,
  outcome: Outcome,
  error: SerializedError,
  thrown: unknown,
  retriesUsedUp: boolean,
): number {
  const { span } = opened
  const code = ownErrorCode(opened, thrown) ?? findOrigin(opened.group, thrown)?.code ?? error.code
  write(opened, ATTR.errorCode, code)
  write(opened, ATTR.errorCategory, category(outcome, error, retriesUsedUp))
  write(opened, ATTR.errorType, error.type)
  write(opened, ATTR.exceptionType, error.type)
  write(opened, ATTR.exceptionMessage, error.message)
  if (error.stack !== null) write(opened, ATTR.exceptionStacktrace, error.stack)
  if (toSpanStatus(outcome) === 'error') {
    const message = error.message.length > MAX_REASON ? redactText(error.message, MAX_REASON) : error.message
    guard('a status could not be set', () => span.setStatus({ code: SpanStatusCode.ERROR, message }))
  }
  // From our own description: `recordException` throws for a hostile error.
  if (!wantsExceptionEvents()) return code
  const attributes = {
    [ATTR.exceptionType]: error.type,
    [ATTR.exceptionMessage]: error.message,
    [ATTR.exceptionStacktrace]: error.stack ?? undefined,
  }
  guard('an exception event could not be added', () => span.addEvent('exception', attributes))
  return code
}

function ownErrorCode({ target }: Open, thrown: unknown): number | undefined {
  const { errorCode } = target
  const code =
    typeof errorCode === 'function' ? guard('the errorCode option failed', () => errorCode(thrown)) : errorCode
  return Number.isSafeInteger(code) ? code : undefined
}

/** The failing step is told on the run too: its error may have come from anywhere in it. */
function tellFailure(opened: Open, error: unknown, code: number): void {
  const { target, group, kind, ordinal, owner } = opened
  if (kind === 'run') {
    const step = nameFailedStep(group, error)
    if (step !== undefined) write(opened, ATTR.outcomeReason, redactText(`in step ${step}`, MAX_REASON))
  }
  // A run inside a run is a step of the outer one, and fails it as a step does.
  const around = kind === 'run' ? owner?.group : kind === 'step' ? group : undefined
  if (around !== undefined) noteFailure(around, error, { target, ordinal, code })
}

function recordCicd(opened: Open, outcome: Outcome): void {
  const result = toCicdResult(outcome)
  if (result !== undefined) write(opened, opened.kind === 'run' ? CICD.result : CICD.taskResult, result)
}

function category(outcome: Outcome, error: SerializedError, retriesUsedUp: boolean): string {
  if (outcome === 'timed_out') return ERROR_CATEGORY.timeout
  return retriesUsedUp ? ERROR_CATEGORY.retryExhausted : error.category
}

function nameOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined
  try {
    return (error as Error).name
  } catch {
    // An error that does not say its name is a failure like others.
    return undefined
  }
}
