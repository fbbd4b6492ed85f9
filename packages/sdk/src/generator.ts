import { openCall } from './call.js'
import { hearIterator } from './iterate.js'
import { observe, settleError } from './observe.js'
import { type Observer, watch } from './observer.js'
import type { Open } from './open.js'
import { guard } from './report.js'
import type { Target } from './target.js'
import { activeTracer } from './tracer.js'

/**
 * Calls a generator function. Nothing of its body runs before the first `next`, `return` or `throw`, so that is when
 * its span begins; a generator that nobody begins leaves none.
 */
export function callGenerator(
  target: Target,
  functionName: string,
  args: readonly unknown[],
  work: () => object,
): object {
  let generator: object
  try {
    generator = work()
  } catch (error) {
    // Defaults of its parameters are worked out at the call: what they throw is a failure of this call.
    const opened = openHere(target, functionName, args)
    if (opened !== undefined) settleError(opened, error)
    throw error
  }
  guard('a generator could not be followed', () => {
    const observer = openAtFirstUse(target, functionName, args)
    watch(generator, { intercept: hearIterator }, observer)
  })
  return generator
}

/** Opens the call when the first part of it runs. Knows nothing of the generator, or it would never be given up. */
function openAtFirstUse(target: Target, functionName: string, args: readonly unknown[]): Observer {
  let observer: Observer | undefined
  let began = false
  return {
    onValue: (value) => observer?.onValue(value),
    onError: (error) => observer?.onError(error),
    onAbandoned: (reason) => observer?.onAbandoned(reason),
    checkLater: (check) => observer?.checkLater(check),
    within(work) {
      if (!began) {
        began = true
        const opened = openHere(target, functionName, args)
        observer = opened && observe(opened)
      }
      return observer === undefined ? work() : observer.within(work)
    },
  }
}

function openHere(target: Target, functionName: string, args: readonly unknown[]): Open | undefined {
  const tracer = activeTracer()
  return tracer === null && target.isPlain ? undefined : openCall(tracer, target, functionName, args)
}

/** True for functions whose call gives a generator, sync or async. */
export function isGeneratorFunction(fn: unknown): boolean {
  return /GeneratorFunction\]$/.test(Object.prototype.toString.call(fn))
}
