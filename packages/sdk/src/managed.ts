import type { Tracer } from '@opentelemetry/api'
import { close, toSettled } from './close.js'
import { createDeadline, type Deadline } from './deadline.js'
import { type Entered, tryEnter } from './frame.js'
import { announceProgress } from './live.js'
import { countRetry } from './metrics.js'
import { observe, settleError } from './observe.js'
import type { Open } from './open.js'
import { openAttempt } from './open-span.js'
import { guard, report } from './report.js'
import { type Retry, retryDelay } from './retry.js'
import { follow } from './settle.js'

type AnyFunction = (this: any, ...args: any[]) => unknown

/** Runs a step or run that may be tried again or has a deadline; both need time, so it gives a promise. */
export async function runManaged(
  tracer: Tracer | null,
  opened: Open,
  fn: AnyFunction,
  self: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  const { target } = opened
  const deadline = target.timeout === undefined ? undefined : createDeadline(opened, target.timeout)
  try {
    const value = await attemptAll(tracer, opened, deadline, (attempt) =>
      tryEnter(attempt.inner, attempt, fn, self, args),
    )
    if (typeof value === 'object' && value !== null) follow(value, observe(opened))
    else close(opened, { outcome: 'success', output: value })
    return value
  } catch (error) {
    settleLast(opened, error)
    throw error
  } finally {
    deadline?.clear()
  }
}

function settleLast(opened: Open, error: unknown): void {
  const { retry } = opened.target
  const usedUp = retry !== undefined && retry.maxRetries > 0 && opened.attempt > retry.maxRetries
  const settled = usedUp ? guard('an outcome could not be told', () => toSettled(opened, error)) : undefined
  if (settled?.outcome === 'failed') close(opened, { ...settled, retriesUsedUp: true })
  else settleError(opened, error)
}

/** Calls the function once more, inside this attempt. */
type Try = (attempt: Open) => Entered

async function attemptAll(tracer: Tracer | null, opened: Open, deadline: Deadline | undefined, run: Try) {
  const { retry } = opened.target
  if (retry === undefined || retry.maxRetries === 0) return attemptOnce(opened, opened, deadline, run)
  for (let n = 1; ; n += 1) {
    opened.attempt = n
    const attempt = guard('an attempt could not be opened', () => openAttempt(tracer, opened, n)) ?? opened
    try {
      const value = await attemptOnce(attempt, opened, deadline, run)
      if (attempt !== opened) close(attempt, { outcome: 'success', output: undefined })
      return value
    } catch (error) {
      const again = isWorthAnother(retry, opened, error, n)
      if (attempt !== opened) {
        if (again) close(attempt, { outcome: 'retry', error })
        else settleError(attempt, error)
      }
      if (!again) throw error
    }
    countRetry(opened)
    announceProgress(opened)
    await pause(retryDelay(retry, n), opened.signal)
  }
}

function attemptOnce(attempt: Open, opened: Open, deadline: Deadline | undefined, run: Try): Promise<unknown> {
  const { signal } = opened
  if (signal?.aborted) return Promise.reject(signal.reason)
  const { state, value } = run(attempt)
  const result = state === 'threw' ? Promise.reject(value) : Promise.resolve(value)
  return deadline === undefined ? result : deadline.race(result)
}

function isWorthAnother(retry: Retry, opened: Open, error: unknown, attempt: number): boolean {
  if (attempt > retry.maxRetries || opened.signal?.aborted) return false
  const { when } = retry
  try {
    return when === undefined ? toSettled(opened, error).outcome !== 'cancelled' : when(error, attempt) === true
  } catch (fault) {
    report('the retry.when option failed', fault)
    return false
  }
}

/** Waits; an abort ends the wait at once, with the signal's reason. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
}
