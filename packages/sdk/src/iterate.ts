import * as types from 'node:util/types'
import { define, type Ending, hasMethod, type Kind } from './observer.js'

type Method = (this: unknown, ...args: unknown[]) => unknown

/** True for the generator object of a generator or async generator function. */
export function isGenerator(value: object): boolean {
  return types.isGeneratorObject(value)
}

/** True for what `for await` can go through by a method of its own. */
export function isAsyncIterable(value: object): boolean {
  return hasMethod(value, Symbol.asyncIterator)
}

/** Many can be read by other means too, or need not be; only from its first step on is the end of one to come. */
const isLeft = (_: object, begun: boolean) => !begun

/** A generator ends when it is done, left or thrown out of; each part of its body runs in the call's context. */
export const GENERATOR: Kind<object> = { intercept: hearIterator, isLeft }

/** An async iterable ends as the iterators do that it gives. */
export const ITERABLE: Kind<object> = {
  isLeft,
  intercept(source, ending) {
    const iterate = (source as { [Symbol.asyncIterator]: Method })[Symbol.asyncIterator]
    return define(source, Symbol.asyncIterator, function (this: unknown, ...args: unknown[]) {
      const iterator = Reflect.apply(iterate, this, args)
      // The iterator may be the iterable itself, or a generator; in either case it is the one to listen to.
      if (typeof iterator === 'object' && iterator !== null && !types.isProxy(iterator)) hearIterator(iterator, ending)
      return iterator
    })
  },
}

const METHODS = ['next', 'return', 'throw'] as const

/** Listens to an iterator, such as that of a generator function, whose body runs within the observers' context. */
export function hearIterator(iterator: object, ending: Ending): boolean {
  const onStep = (step: unknown): unknown => {
    if (typeof step === 'object' && step !== null && (step as IteratorResult<unknown>).done) {
      ending.value((step as IteratorResult<unknown>).value)
    }
    return step
  }
  const onFault = (error: unknown): never => {
    ending.error(error)
    throw error
  }
  return METHODS.every((name) => {
    const method = (iterator as Record<string, unknown>)[name]
    if (typeof method !== 'function') return true
    return define(iterator, name, function (this: unknown, ...args: unknown[]) {
      ending.begin()
      const advance = () => Reflect.apply(method as Method, this, args)
      let step: unknown
      try {
        const [first] = ending.observers
        step = first === undefined ? advance() : first.within(advance)
      } catch (error) {
        return onFault(error)
      }
      return types.isPromise(step) ? step.then(onStep, onFault) : onStep(step)
    })
  })
}
