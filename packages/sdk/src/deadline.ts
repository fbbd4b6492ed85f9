import type { Open } from './open.js'
import { report } from './report.js'
import { joinSignals } from './signal.js'
import { TimeoutError } from './timeout-error.js'

/** The time limit of one call. */
export interface Deadline {
  /** The result, or a `TimeoutError` if that comes first; a result that is late is counted and dropped. */
  race(result: Promise<unknown>): Promise<unknown>
  /** Rejects with that error when the time is over; it has a waiter already. */
  readonly expired: Promise<never>
  clear(): void
}

/** Starts the clock of a call, and gives it a signal that is aborted when its time is over. */
export function createDeadline(opened: Open, timeout: number, { keepsAlive = true } = {}): Deadline {
  const { name } = opened.target
  const controller = new AbortController()
  opened.signal = joinSignals(controller.signal, opened.signal)
  let expire: (error: unknown) => void
  const expired = new Promise<never>((_, reject) => {
    expire = reject
  })
  // Without a waiter of its own, a deadline that nobody races any more would end the process.
  expired.catch(() => undefined)
  const timer = setTimeout(() => {
    const error = new TimeoutError(name, timeout)
    expire(error)
    controller.abort(error)
  }, timeout)
  if (!keepsAlive) timer.unref()
  return {
    expired,
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
