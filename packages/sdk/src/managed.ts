import type { Tracer } from '@opentelemetry/api'
import type { Work } from './call.js'
import { close, toSettled } from './close.js'
import { enter } from './frame.js'
import { handleOf } from './handle.js'
import { announceProgress } from './live.js'
import { countRetry } from './metrics.js'
import { type Open, openAttempt } from './open.js'
import { guard, report } from './report.js'
import { type Retry, retryDelay } from './retry.js'
import { TimeoutError } from './timeout-error.js'

/** Runs a step or run that may be tried again or has a deadline; both need time, so it gives a promise. */
export async function runManaged(tracer: Tracer | null, opened: Open, work: Work): Promise<unknown> {
  const { target } = opened
  const deadline = target.timeout === undefined ? undefined : createDeadline(opened, target.timeout)
  try {
    const value = await attemptAll(tracer, opened, work, deadline)
    close(opened, { outcome: 'success', output: value })
    return value
  } catch (error) {
    const settled = toSettled(opened, error)
    const usedUp = target.retry !== undefined && target.retry.maxRetries > 0 && opened.attempt > target.retry.maxRetries
    close(opened, settled.outcome === 'failed' ? { ...settled, retriesUsedUp: usedUp } : settled)
    throw error
  } finally {
    deadline?.clear()
  }
}

async function attemptAll(tracer: Tracer | null, opened: Open, work: Work, deadline: Deadline | undefined) {
  const { retry } = opened.target
  if (retry === undefined || retry.maxRetries === 0) return attemptOnce(opened, opened, work, deadline)
  for (let n = 1; ; n += 1) {
    const attempt = guard('an attempt could not be opened', () => openAttempt(tracer, opened, n)) ?? opened
    opened.attempt = n
    try {
      const value = await attemptOnce(attempt, opened, work, deadline)
      if (attempt !== opened) close(attempt, { outcome: 'success', output: undefined })
      return value
    } catch (error) {
      const again = isWorthAnother(retry, opened, error, n)
      if (attempt !== opened) close(attempt, again ? { outcome: 'retry', error } : toSettled(opened, error))
      if (!again) throw error
    }
    countRetry(opened)
    announceProgress(opened)
    await pause(retryDelay(retry, n), opened.signal)
  }
}

function attemptOnce(attempt: Open, opened: Open, work: Work, deadline: Deadline | undefined): Promise<unknown> {
  const { signal } = opened
  if (signal?.aborted) return Promise.reject(signal.reason)
  let result: Promise<unknown>
  try {
    result = Promise.resolve(enter(attempt.inner, attempt, () => work(handleOf(opened))))
  } catch (error) {
    result = Promise.reject(error)
  }
  return deadline === undefined ? result : deadline.race(result)
}

function isWorthAnother(retry: Retry, opened: Open, error: unknown, attempt: number): boolean {
  if (attempt > retry.maxRetries || opened.signal?.aborted) return false
  const { when } = retry
  if (when === undefined) return toSettled(opened, error).outcome !== 'cancelled'
  return guard('the retry.when option failed', () => when(error, attempt)) === true
}

interface Deadline {
  /** The result, or a `TimeoutError` if that comes first; a result that is late is counted and dropped. */
  race(result: Promise<unknown>): Promise<unknown>
  clear(): void
}

function createDeadline(opened: Open, timeout: number): Deadline {
  const { name } = opened.target
  const controller = new AbortController()
  const error = new TimeoutError(name, timeout)
  opened.signal = opened.signal === undefined ? controller.signal : AbortSignal.any([opened.signal, controller.signal])
  let expire: (error: unknown) => void
  const expired = new Promise<never>((_, reject) => {
    expire = reject
  })
  // Without a waiter of its own, a deadline that nobody races any more would end the process.
  expired.catch(() => undefined)
  const timer = setTimeout(() => {
    expire(error)
    controller.abort(error)
  }, timeout)
  return {
    race(result) {
      const late = () => {
        if (controller.signal.aborted) report(`'${name}' went on after its timeout; what came of it was dropped`)
      }
      result.then(late, late)
      return Promise.race([result, expired])
    },
    clear: () => clearTimeout(timer),
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
