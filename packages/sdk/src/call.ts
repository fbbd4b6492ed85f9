import * as types from 'node:util/types'
import type { Tracer } from '@opentelemetry/api'
import { close } from './close.js'
import { openInert } from './create-open.js'
import { tryEnter } from './frame.js'
import { currentStep, handleOf } from './handle.js'
import { runManaged } from './managed.js'
import { observe, settleError } from './observe.js'
import type { Open } from './open.js'
import { open } from './open-span.js'
import { guard, report } from './report.js'
import { follow, isDerivable } from './settle.js'
import type { Target } from './target.js'
import { activeTracer } from './tracer.js'

type AnyFunction = (this: any, ...args: any[]) => unknown

/** A function as it was given to be wrapped. */
export interface Callee {
  readonly fn: AnyFunction
  /** What the span says the code is called; empty for none. */
  readonly functionName: string
  /** `runX` gives its function the handle of the step or run, in place of arguments. */
  readonly needsHandle: boolean
  /** What an async function gives is a new promise, with nothing on it that could get lost. */
  readonly isAsync: boolean
}

/** What {@link createCall} needs to know of a function, found out once. */
export function toCallee(fn: AnyFunction, functionName: string, needsHandle: boolean): Callee {
  return { fn, functionName, needsHandle, isAsync: types.isAsyncFunction(fn) }
}

/** The one way a function is run: opened, settled and closed here, whichever name the user called it by. */
export function createCall(target: Target, { fn, functionName, needsHandle, isAsync }: Callee): AnyFunction {
  return function call(this: unknown, ...args: unknown[]): unknown {
    const tracer = activeTracer()
    if (tracer === null && target.isPlain && !needsHandle) return fn.apply(this, args)
    const opened = openCall(tracer, target, functionName, args)
    if (opened === undefined) return fn.apply(this, needsHandle ? [currentStep()] : args)
    if (target.isManaged) return runManaged(tracer, opened, fn, this, needsHandle ? [handleOf(opened)] : args)
    const { state, value: result } = tryEnter(opened.inner, opened, fn, this, needsHandle ? [handleOf(opened)] : args)
    if (state === 'threw') {
      settleError(opened, result)
      throw result
    }
    if ((typeof result !== 'object' && typeof result !== 'function') || result === null) {
      close(opened, { outcome: 'success', output: result })
      return result
    }
    return isAsync || isDerivable(result) ? derive(result as Promise<unknown>, opened) : follow(result, observe(opened))
  }
}

/** A promise that settles as the given one does, once that has been told. */
function derive(promise: Promise<unknown>, opened: Open): Promise<unknown> {
  return promise.then(
    (value) => {
      if (typeof value === 'object' && value !== null) follow(value, observe(opened))
      else close(opened, { outcome: 'success', output: value })
      return value
    },
    (error: unknown) => {
      settleError(opened, error)
      throw error
    },
  )
}

/** Opens a call; inert, with nobody to record, it still has a handle, a signal and a run's place for the code in it. */
export function openCall(
  tracer: Tracer | null,
  target: Target,
  functionName: string,
  args: readonly unknown[],
): Open | undefined {
  if (tracer !== null) {
    try {
      const opened = open(tracer, target, functionName, args)
      if (opened !== undefined) return opened
    } catch (error) {
      report('a span could not be opened', error)
    }
  }
  return guard('a call could not be prepared', () => openInert(target, args))
}
