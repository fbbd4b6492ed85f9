import { quote } from '@runspan/results/core'
import type { StepOptions, WorkflowOptions } from './options.js'
import { SdkError } from './sdk-error.js'
import { resolveTarget, type Target } from './target.js'
import { type AnyFunction, checkFunction, type Immediate, wrapFunction } from './track.js'

/** A name of its own, where the method's will not do. */
export interface DecoratorName {
  /** @default the method's name */
  name?: string | undefined
}

/** Decorates a method, by the standard or by TypeScript's `experimentalDecorators`. */
export interface MethodDecorator<Fn extends AnyFunction = AnyFunction> {
  <F extends Fn>(method: F, context: ClassMethodDecoratorContext<any, F>): F
  <F extends Fn>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): TypedPropertyDescriptor<F>
}

type AsyncMethod = (this: any, ...args: any[]) => PromiseLike<any>

/**
 * Makes each call of a method a step of the run around it; see `trackStep`.
 *
 * @throws SdkError when the class is defined, for an option or member that cannot be used.
 */
export function step(options?: StepOptions<any> & DecoratorName & Immediate): MethodDecorator
export function step(options: StepOptions<any> & DecoratorName): MethodDecorator<AsyncMethod>
export function step(options: StepOptions<any> & DecoratorName = {}): MethodDecorator {
  return decorate('step', options)
}

/**
 * Makes each call of a method a run; see `trackWorkflow`.
 *
 * @throws SdkError when the class is defined, for an option or member that cannot be used.
 */
export function workflow(options?: WorkflowOptions<any> & DecoratorName & Immediate): MethodDecorator
export function workflow(options: WorkflowOptions<any> & DecoratorName): MethodDecorator<AsyncMethod>
export function workflow(options: WorkflowOptions<any> & DecoratorName = {}): MethodDecorator {
  return decorate('run', options)
}

function decorate(kind: Target['kind'], { name, ...options }: WorkflowOptions<any> & DecoratorName): MethodDecorator {
  const wrap = (fn: unknown, key: string | symbol, owner: string | undefined) => {
    const method = (typeof key === 'symbol' ? (key.description ?? '') : key).replace(/^#/, '')
    const target = resolveTarget(kind, name ?? method, options)
    return wrapFunction(target, checkFunction(target, fn), owner === undefined ? method : `${owner}.${method}`)
  }
  const decorator = (first: unknown, second: unknown, descriptor?: PropertyDescriptor): unknown => {
    if (typeof second === 'object' && second !== null) {
      const { kind: member, name: key } = second as ClassMemberDecoratorContext
      if (member !== 'method') throw refuse(key, member)
      return wrap(first, key, undefined)
    }
    if (typeof descriptor?.value !== 'function') throw refuse(second, 'member')
    const owner = typeof first === 'function' ? first : (first as object).constructor
    return { ...descriptor, value: wrap(descriptor.value, second as string | symbol, owner.name) }
  }
  return decorator as MethodDecorator
}

function refuse(key: unknown, member: string): SdkError {
  const shown = quote(typeof key === 'symbol' ? key.toString() : key)
  return new SdkError('invalid_function', `${shown} is a ${member}; only methods can be decorated.`)
}
