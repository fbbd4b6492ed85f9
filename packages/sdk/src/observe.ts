import { close, toSettled } from './close.js'
import { enter } from './frame.js'
import type { Observer } from './observer.js'
import type { Open } from './open.js'
import { guard } from './report.js'
import { checkLater } from './returned.js'

/** How the end of a call reaches its span. */
export function observe(opened: Open): Observer {
  const returnedAt = guard('the clock failed', () => Date.now())
  return {
    onValue: (output) => close(opened, { outcome: 'success', output }),
    onError: (error) => settleError(opened, error),
    onAbandoned: (reason) =>
      reason === undefined
        ? close(opened, { outcome: 'success', output: undefined }, returnedAt)
        : close(opened, { outcome: 'cancelled', reason }),
    within: (work) => enter(opened.inner, opened, work),
    checkLater: (check) => checkLater(opened, check),
  }
}

/** Closes a call that threw. */
export function settleError(opened: Open, error: unknown): void {
  close(opened, guard('an outcome could not be told', () => toSettled(opened, error)) ?? { outcome: 'failed', error })
}
