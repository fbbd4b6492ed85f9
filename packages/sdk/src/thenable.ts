import { define, type Ending, findMember, type Kind } from './observer.js'

type Then = (this: unknown, ok?: unknown, failed?: unknown) => unknown

/** True when the object has a `then`; one behind a getter is not read, for that is for the waiting caller to do. */
export function isThenable(value: object): boolean {
  const found = findMember(value, 'then')
  return found !== undefined && (found.get !== undefined || typeof found.value === 'function')
}

/**
 * A thenable may be lazy, or carry more than `then`: it stays itself, and is heard at the moment somebody waits for it.
 */
export const THENABLE: Kind<object> = {
  unused: 'nobody waited for it',
  intercept(thenable, ending) {
    const found = findMember(thenable, 'then')
    const replaced =
      found?.get === undefined ? hearThen(thenable, found?.value, ending) : hearGetter(thenable, found.get, ending)
    // `await` takes a short cut past the `then` of a promise, unless its constructor is another than `Promise`.
    if (replaced && thenable instanceof Promise && thenable.constructor === Promise)
      define(thenable, 'constructor', Heard)
    return replaced
  },
}

function hearThen(thenable: object, then: Then, ending: Ending): boolean {
  return define(thenable, 'then', wrapThen(then, ending))
}

function hearGetter(thenable: object, get: () => unknown, ending: Ending): boolean {
  return Reflect.defineProperty(thenable, 'then', {
    configurable: true,
    enumerable: Object.getOwnPropertyDescriptor(thenable, 'then')?.enumerable === true,
    get(this: unknown) {
      const then = get.call(this)
      return typeof then === 'function' ? wrapThen(then as Then, ending) : then
    },
  })
}

function wrapThen(then: Then, ending: Ending): Then {
  const heard = function (this: unknown, ok?: unknown, failed?: unknown, ...more: unknown[]) {
    ending.begin()
    return Reflect.apply(then, this, [
      function (this: unknown, ...values: unknown[]) {
        ending.value(values[0])
        return typeof ok === 'function' ? Reflect.apply(ok, this, values) : values[0]
      },
      function (this: unknown, ...errors: unknown[]) {
        ending.error(errors[0])
        if (typeof failed === 'function') return Reflect.apply(failed, this, errors)
        throw errors[0]
      },
      ...more,
    ])
  }
  return heard
}

/** What an intercepted promise says is its constructor; it goes by the same name. */
class Heard<T> extends Promise<T> {
  static override get [Symbol.species]() {
    return Promise
  }
}
Object.defineProperty(Heard, 'name', { value: 'Promise' })
