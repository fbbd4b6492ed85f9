import { quote } from '@runspan/results/core'
import { call } from './call.js'
import type { StepOptions, WorkflowOptions } from './options.js'
import { SdkError } from './sdk-error.js'
import { resolveTarget, type Target } from './target.js'

type AnyFunction = (this: any, ...args: any[]) => any

/** The same function, or where `retry` or `timeout` need time, one that gives a promise. */
export type Tracked<F extends AnyFunction> =
  ReturnType<F> extends PromiseLike<any>
    ? F
    : (this: ThisParameterType<F>, ...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>

/** Options that leave a sync function sync. */
export interface Immediate {
  retry?: undefined
  timeout?: undefined
}

/**
 * Wraps a function so that each call of it is a step of the run around it: one child span, one row of the document.
 * The wrapped function behaves as the original.
 *
 * @throws SdkError for a name, option or function that cannot be used; at wrap time only.
 */
export function trackStep<F extends AnyFunction>(name: string, fn: F): F
export function trackStep<F extends AnyFunction>(
  name: string,
  options: StepOptions<Parameters<F>> & Immediate,
  fn: F,
): F
export function trackStep<F extends AnyFunction>(name: string, options: StepOptions<Parameters<F>>, fn: F): Tracked<F>
export function trackStep(name: string, ...rest: readonly unknown[]): unknown {
  return wrap('step', name, rest)
}

/**
 * Wraps a function so that each call of it is a run: one workflow span, one result document.
 * The wrapped function behaves as the original.
 *
 * @throws SdkError for a name, option or function that cannot be used; at wrap time only.
 */
export function trackWorkflow<F extends AnyFunction>(name: string, fn: F): F
export function trackWorkflow<F extends AnyFunction>(
  name: string,
  options: WorkflowOptions<Parameters<F>> & Immediate,
  fn: F,
): F
export function trackWorkflow<F extends AnyFunction>(
  name: string,
  options: WorkflowOptions<Parameters<F>>,
  fn: F,
): Tracked<F>
export function trackWorkflow(name: string, ...rest: readonly unknown[]): unknown {
  return wrap('run', name, rest)
}

function wrap(kind: Target['kind'], name: string, rest: readonly unknown[]): AnyFunction {
  const [options, fn] = rest.length > 1 ? rest : [undefined, rest[0]]
  const target = resolveTarget(kind, name, options as WorkflowOptions | undefined)
  return wrapTarget(target, checkFunction(target, fn))
}

/** The wrapped form of a function, with its name, length, prototype and own properties. */
export function wrapTarget(target: Target, fn: AnyFunction): AnyFunction {
  const wrapped = function (this: unknown, ...args: unknown[]) {
    return call(target, args, () => fn.apply(this, args), false)
  }
  Object.setPrototypeOf(wrapped, Object.getPrototypeOf(fn))
  const { prototype: _, ...own } = Object.getOwnPropertyDescriptors(fn) as Record<string, PropertyDescriptor>
  return Object.defineProperties(wrapped, own)
}

/** A function that can be wrapped in this way; see {@link trackStep}. */
export function checkFunction(target: Target, fn: unknown): AnyFunction {
  if (typeof fn !== 'function') {
    throw new SdkError('invalid_function', `What '${target.name}' should wrap is ${quote(fn)}; give a function, last.`)
  }
  const tag = Object.prototype.toString.call(fn)
  const needsTime = target.retry !== undefined || target.timeout !== undefined
  if (needsTime && /GeneratorFunction\]$/.test(tag)) {
    throw new SdkError(
      'invalid_function',
      `'${target.name}' is a generator function; retry and timeout need a function that settles once. Put them on its steps.`,
    )
  }
  return fn as AnyFunction
}
