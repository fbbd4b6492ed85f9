import * as types from 'node:util/types'
import { quote } from '@runspan/results/core'
import { type Callee, createCall, toCallee } from './call.js'
import { isDisabled } from './config.js'
import { callGenerator, isGeneratorFunction } from './generator.js'
import type { StepOptions, WorkflowOptions } from './options.js'
import { report } from './report.js'
import { SdkError } from './sdk-error.js'
import { MAX_NAME, resolveTarget, type Target } from './target.js'

/** Any function, whatever it takes and gives. */
export type AnyFunction = (this: any, ...args: any[]) => any

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
  return wrapFunction(target, checkFunction(target, fn))
}

/**
 * The wrapped form of a function, with its name, length, prototype and own properties.
 *
 * @param functionName what the span says the code is called. @default the function's own name
 */
export function wrapFunction(target: Target, fn: AnyFunction, functionName: string = nameOf(fn)): AnyFunction {
  const wrapped = isGeneratorFunction(fn)
    ? wrapGenerator(target, fn, functionName)
    : isConstructor(fn)
      ? wrapConstructor(target, fn, functionName)
      : wrapCallable(target, toCallee(fn, functionName, false))
  return disguise(wrapped, fn)
}

// A method has no prototype and cannot be called with `new`, like the arrow and async functions it stands for.

function wrapCallable(target: Target, callee: Callee): AnyFunction {
  const choose = createChoice(target, callee)
  return {
    wrapped(this: unknown, ...args: unknown[]) {
      return Reflect.apply(choose(), this, args)
    },
  }.wrapped
}

/**
 * What a wrapped function has to call: its own function where tracking is switched off. The list of arguments, only
 * handed on, is then never made, and all this costs little more than the call.
 */
function createChoice(target: Target, callee: Callee): () => AnyFunction {
  const { fn } = callee
  const call = createCall(target, callee)
  return () => (target.isPlain && isDisabled() ? fn : call)
}

function wrapGenerator(target: Target, fn: AnyFunction, functionName: string): AnyFunction {
  return {
    wrapped(this: unknown, ...args: unknown[]) {
      return callGenerator(target, functionName, args, () => fn.apply(this, args))
    },
  }.wrapped
}

function wrapConstructor(target: Target, fn: AnyFunction, functionName: string): AnyFunction {
  const choose = createChoice(target, toCallee(fn, functionName, false))
  const construct = (made: AnyFunction) =>
    createCall(
      target,
      toCallee((...given) => Reflect.construct(fn, given, made), functionName, false),
    )
  return function wrapped(this: unknown, ...args: unknown[]) {
    if (new.target === undefined) return Reflect.apply(choose(), this, args)
    return Reflect.apply(construct(new.target === wrapped ? fn : new.target), undefined, args)
  }
}

function disguise(wrapped: AnyFunction, fn: AnyFunction): AnyFunction {
  try {
    const prototype: unknown = Object.getPrototypeOf(fn)
    if (Object.getPrototypeOf(wrapped) !== prototype) Object.setPrototypeOf(wrapped, prototype as object)
    for (const key of Reflect.ownKeys(fn)) {
      const own = Object.getOwnPropertyDescriptor(fn, key)
      if (own !== undefined) Reflect.defineProperty(wrapped, key, own)
    }
  } catch (error) {
    report('a wrapped function could not be given all members of the original', error)
  }
  return wrapped
}

function isConstructor(fn: AnyFunction): boolean {
  return Object.hasOwn(fn, 'prototype') && !types.isAsyncFunction(fn)
}

function nameOf(fn: AnyFunction): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value
  return typeof name === 'string' ? name.slice(0, MAX_NAME).toWellFormed() : ''
}

/** A function that can be wrapped in this way; see {@link trackStep}. */
export function checkFunction(target: Target, fn: unknown): AnyFunction {
  if (typeof fn !== 'function') {
    throw new SdkError('invalid_function', `What '${target.name}' should wrap is ${quote(fn)}; give a function, last.`)
  }
  // Only what has a prototype can be a class: the text of an arrow function need not be made.
  if (Object.hasOwn(fn, 'prototype') && /^class\b/.test(Function.prototype.toString.call(fn))) {
    throw new SdkError(
      'invalid_function',
      `What '${target.name}' should wrap is a class; give a function, or put a decorator on its methods.`,
    )
  }
  if (target.isManaged && isGeneratorFunction(fn)) {
    throw new SdkError(
      'invalid_function',
      `'${target.name}' is a generator function; retry and timeout need a function that settles once. Put them on its steps.`,
    )
  }
  return fn as AnyFunction
}
