import * as types from 'node:util/types'
import { GENERATOR, ITERABLE, isAsyncIterable, isGenerator } from './iterate.js'
import { type Observer, watch } from './observer.js'
import { report } from './report.js'
import { isNodeStream, isWebStream, NODE_STREAM, WEB_STREAM } from './stream.js'
import { isThenable, THENABLE } from './thenable.js'

/**
 * Sees to it that `observer` hears of the real end of a call that gave this object: at once for plain data, when it
 * settles for a thenable, when it is used up for a generator, stream or async iterable that is used. Gives the object itself.
 */
export function follow(result: object, observer: Observer): unknown {
  try {
    // Looking at a proxy runs the code behind it, which an unwrapped call would not do.
    if (!types.isProxy(result) && followKind(result, observer)) return result
  } catch (error) {
    report('a result could not be followed', error)
  }
  observer.onValue(result)
  return result
}

function followKind(result: object, observer: Observer): boolean {
  if (isPlain(result)) return false
  if (isThenable(result)) return watch(result, THENABLE, observer)
  if (isGenerator(result)) return watch(result, GENERATOR, observer)
  if (isNodeStream(result)) return watch(result, NODE_STREAM, observer)
  if (isWebStream(result)) return watch(result, WEB_STREAM, observer)
  return isAsyncIterable(result) && watch(result, ITERABLE, observer)
}

/** Arrays and bare objects are what most calls give, and nothing that goes on. */
function isPlain(result: object): boolean {
  if (Array.isArray(result)) return !Object.hasOwn(result, 'then')
  return (
    Object.getPrototypeOf(result) === Object.prototype &&
    !Object.hasOwn(result, 'then') &&
    !Object.hasOwn(result, Symbol.asyncIterator)
  )
}

/** The names of the symbols that Node's async hooks put on every promise. */
const HOOK_NAMES = ['async_id_symbol', 'trigger_async_id_symbol', 'kResourceStore', 'destroyed']
const hooks = new Set<symbol>()

/**
 * True for a promise in place of which the caller can get one derived from it: only so does a rejection that nobody
 * handles stay one, and one that is handled not become another. It must have no members of its own, which the other
 * would not have, and `then` must give one of the same class.
 */
export function isDerivable(result: object): result is Promise<unknown> {
  if (!types.isPromise(result)) return false
  try {
    const prototype: unknown = Object.getPrototypeOf(result)
    if (prototype !== Promise.prototype) {
      const { constructor: made } = result
      if (made.prototype !== prototype || made[Symbol.species as unknown as keyof typeof made] !== made) return false
    }
    for (const key of Reflect.ownKeys(result)) if (typeof key === 'string' || !isHook(key)) return false
    return Object.isExtensible(result)
  } catch {
    // A class that cannot be read is not one to make another promise of.
    return false
  }
}

function isHook(key: symbol): boolean {
  if (hooks.has(key)) return true
  if (!HOOK_NAMES.includes(key.description ?? '')) return false
  hooks.add(key)
  return true
}
