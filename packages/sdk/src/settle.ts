/** What is done when a call has come to its end. */
export interface Observer {
  /** Called once with the value of a call that returned or resolved. */
  readonly onValue: (value: unknown) => void
  /** Called once with what a call threw or rejected with. */
  readonly onError: (error: unknown) => void
  /** Runs code in the call's own context: each part of a generator's body. */
  readonly within: <T>(work: () => T) => T
}

/**
 * Calls `fn` and sees to it that `observer` hears of its real end: at once for a value, when it settles for a promise
 * or thenable, when it is used up for a generator. The caller gets what `fn` gave, or for a promise one derived from
 * it: only so does a rejection that nobody handles stay one, and one that is handled not become another.
 */
export function settle(fn: () => unknown, observer: Observer): unknown {
  let result: unknown
  try {
    result = observer.within(fn)
  } catch (error) {
    observer.onError(error)
    throw error
  }
  return follow(result, observer)
}

/** Waits for the end of what a call returned; see {@link settle}. */
export function follow(result: unknown, observer: Observer): unknown {
  if ((typeof result !== 'object' && typeof result !== 'function') || result === null) {
    observer.onValue(result)
    return result
  }
  if (isPlainPromise(result)) {
    return result.then(
      (value) => {
        observer.onValue(value)
        return value
      },
      (error: unknown) => {
        observer.onError(error)
        throw error
      },
    )
  }
  if (isThenable(result)) return interceptThen(result, observer)
  if (isGenerator(result)) return interceptGenerator(result, observer)
  observer.onValue(result)
  return result
}

/**
 * A promise without members of its own loses nothing when the caller gets one derived from it. Symbols do not count:
 * Node's async hooks put their own on every promise.
 */
function isPlainPromise(value: object): value is Promise<unknown> {
  return value instanceof Promise && Object.getOwnPropertyNames(value).length === 0
}

function isThenable(value: object): value is PromiseLike<unknown> {
  try {
    return typeof (value as { then?: unknown }).then === 'function'
  } catch {
    // A `then` that cannot be read makes it a value like any other, as `await` would find out too.
    return false
  }
}

/**
 * A thenable may be lazy, or carry more than `then`: it stays itself, and is heard at the moment somebody waits for
 * it. Where its `then` cannot be replaced, the call ends here.
 */
function interceptThen(thenable: PromiseLike<unknown>, observer: Observer): unknown {
  const then = thenable.then
  let heard = false
  const once = (tell: (value: unknown) => void) => (value: unknown) => {
    if (heard) return
    heard = true
    tell(value)
  }
  const [onValue, onError] = [once(observer.onValue), once(observer.onError)]
  const replaced = define(thenable, 'then', function (this: unknown, ok: unknown, failed: unknown) {
    return then.call(
      this as PromiseLike<unknown>,
      (value: unknown) => {
        onValue(value)
        return typeof ok === 'function' ? ok(value) : value
      },
      (error: unknown) => {
        onError(error)
        if (typeof failed === 'function') return failed(error)
        throw error
      },
    )
  })
  if (!replaced) observer.onValue(thenable)
  else if (thenable instanceof Promise) define(thenable, 'constructor', Heard)
  return thenable
}

/** `await` takes a short cut past the `then` of a promise, unless its constructor is another than `Promise`. */
class Heard<T> extends Promise<T> {
  static override get [Symbol.species]() {
    return Promise
  }
}

type AnyGenerator = Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>

function isGenerator(value: object): value is AnyGenerator {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object Generator]' || tag === '[object AsyncGenerator]'
}

/** A generator ends when it is done, left or thrown out of; each part of its body runs in the call's context. */
function interceptGenerator(generator: AnyGenerator, observer: Observer): unknown {
  let over = false
  const end = (tell: (value: unknown) => void, value: unknown) => {
    if (over) return
    over = true
    tell(value)
  }
  const onStep = <T>(step: T): T => {
    const { done, value } = step as IteratorResult<unknown>
    if (done) end(observer.onValue, value)
    return step
  }
  const onFault = (error: unknown): never => {
    end(observer.onError, error)
    throw error
  }
  for (const name of ['next', 'return', 'throw'] as const) {
    const method = generator[name] as (this: AnyGenerator, ...args: unknown[]) => unknown
    const replaced = define(generator, name, (...args: unknown[]) => {
      let step: unknown
      try {
        step = observer.within(() => method.apply(generator, args))
      } catch (error) {
        return onFault(error)
      }
      return step instanceof Promise ? step.then(onStep, onFault) : onStep(step)
    })
    if (!replaced) {
      end(observer.onValue, undefined)
      return generator
    }
  }
  return generator
}

function define(object: object, name: string, value: unknown): boolean {
  return Reflect.defineProperty(object, name, { value, configurable: true, writable: true, enumerable: false })
}
