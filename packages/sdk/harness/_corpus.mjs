// Values that functions give and throw: each is made anew for every case, so that no case sees what another left.
import { EventEmitter } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'

// Spelled so that no linter takes these for mistakes: they are.
const THEN = 'then'
const hostile = () => {
  throw new Error('a trap was sprung')
}
const traps = new Proxy({}, { get: () => hostile })
const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}
const withGetter = (error, name) => Object.defineProperty(error, name, { get: hostile, configurable: true })
const cyclic = () => {
  const error = new Error('cyclic')
  error.cause = error
  return error
}
const chain = (length) => {
  let error = new Error('last')
  for (let n = 0; n < length; n += 1) error = new Error(`link ${n}`, { cause: error })
  return error
}
const deep = (depth) => {
  let value = {}
  for (let n = 0; n < depth; n += 1) value = { value }
  return value
}
class Plain {
  #secret = 1
  get secret() {
    return this.#secret
  }
}
class Custom extends Error {
  name = 'Custom'
}

const numbers = [0, -0, 1, -1, 0.1, 1e21, 1e-7, NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 2 ** 31, 2 ** 32, 255]
const texts = [
  '',
  ' ',
  'a',
  '0',
  'true',
  'null',
  '\0',
  '\n',
  '\ud800',
  '\udc00x',
  '😀',
  'e\u0301',
  '\u202e',
  '__proto__',
]
const more = [
  'then',
  'password=hunter2',
  'x'.repeat(100_000),
  '<script>',
  '$' + '{a}',
  '"',
  "'",
  '\\',
  '\u2028',
  '\ufeff',
]
const primitives = [...numbers, ...texts, ...more, true, false, null, undefined, 0n, 1n, -1n, 2n ** 64n, 10n ** 40n]
const symbols = [Symbol.iterator, Symbol.asyncIterator, Symbol.for('a'), Symbol('local'), Symbol(), Symbol.toPrimitive]
const arrays = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]
const wide = [Float32Array, Float64Array, BigInt64Array, BigUint64Array, ArrayBuffer, SharedArrayBuffer]
const errors = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, Custom]
const boxed = [1, 'a', true, 1n, Symbol('boxed')]
const shared = [Math, JSON, Reflect, Atomics, Intl, globalThis, process, Object.prototype, Array.prototype]

/** Every value, made by a function that is called once for each case. */
export const corpus = [
  ...primitives.map((value) => () => value),
  ...symbols.map((value) => () => value),
  ...[...arrays, ...wide].map((Made) => () => new Made(8)),
  ...errors.map((Made) => () => new Made('an error')),
  ...boxed.map((value) => () => Object(value)),
  ...shared.map((value) => () => value),
  // objects
  () => ({}),
  () => ({ a: 1, b: { c: [1, 2, 3] } }),
  () => Object.create(null),
  () => Object.freeze({ a: 1 }),
  () => Object.seal({ a: 1 }),
  () => Object.preventExtensions({ a: 1 }),
  () => JSON.parse('{"__proto__":{"a":1}}'),
  () => ({
    get a() {
      return hostile()
    },
  }),
  () => ({ toJSON: hostile, toString: hostile, valueOf: hostile, [Symbol.toPrimitive]: hostile }),
  () => ({ [Symbol.toStringTag]: 'Promise' }),
  () => ({
    get [Symbol.toStringTag]() {
      return hostile()
    },
  }),
  () => ({
    get constructor() {
      return hostile()
    },
  }),
  () => ({ [THEN]: 1 }),
  () => ({ [THEN]: null }),
  () => ({ next: 1 }),
  () => ({ pipe: 1, on: 2 }),
  () => ({ length: -1 }),
  () => Object.defineProperty({}, 'hidden', { value: 1 }),
  () => new Plain(),
  () => new (class Empty {})(),
  () => new (class extends Map {})(),
  () => {
    const a = {}
    a.self = a
    return a
  },
  () => deep(10_000),
  // lists
  () => [],
  () => [1, undefined, 3],
  () => new Array(1_000_000),
  () => Object.freeze([1]),
  () => Array.from({ length: 10_000 }, (_, n) => n),
  () => Object.assign([1], { [THEN]: 1 }),
  () => {
    const a = []
    a.push(a)
    return a
  },
  () => new (class extends Array {})(3),
  () =>
    (function () {
      // biome-ignore lint/complexity/noArguments: it is a value like no other.
      return arguments
    })(1, 2),
  // builtins
  () => new Map([[1, 2]]),
  () => new Set([1]),
  () => new WeakMap(),
  () => new WeakSet(),
  () => new WeakRef({}),
  () => new Date(0),
  () => new Date(Number.NaN),
  () => /a/g,
  () => new DataView(new ArrayBuffer(8)),
  () => new URL('https://user:pw@example.org/?token=1'),
  () => new URLSearchParams('a=1'),
  () => new Headers({ a: 'b' }),
  () => new Response('body'),
  () => new Request('https://example.org'),
  () => new Blob(['a']),
  () => new FormData(),
  () => new TextEncoder(),
  () => new AbortController(),
  () => new AbortController().signal,
  () => AbortSignal.abort(),
  () => new Event('e'),
  () => new EventTarget(),
  () => new EventEmitter(),
  () => Buffer.from('abc'),
  () => Buffer.alloc(1_000_000),
  () => new Intl.NumberFormat(),
  () => [1, 2][Symbol.iterator](),
  () => new Map()[Symbol.iterator](),
  () => 'ab'[Symbol.iterator](),
  () => 'ab'.matchAll(/a/g),
  // streams and iterables
  () => Readable.from(['a']),
  () => new PassThrough(),
  () => new Writable({ write: (_c, _e, done) => done() }),
  () => new ReadableStream(),
  () => new WritableStream(),
  () => new TransformStream(),
  () => ({ [Symbol.iterator]: () => [1][Symbol.iterator]() }),
  () => ({
    async *[Symbol.asyncIterator]() {
      yield 1
    },
  }),
  () => ({ [Symbol.asyncIterator]: hostile }),
  () => ({
    get [Symbol.asyncIterator]() {
      return hostile()
    },
  }),
  // errors
  () => new AggregateError([new Error('a'), 1], 'several'),
  () => new AggregateError(Array.from({ length: 10_000 }, () => 1)),
  () => new DOMException('stop', 'AbortError'),
  () => new DOMException('late', 'TimeoutError'),
  () => Object.assign(new Error('stop'), { name: 'AbortError' }),
  () => Object.assign(new Error('a'), { code: 'ENOENT', errno: -2, syscall: 'open' }),
  () => Object.assign(new Error('a'), { code: Symbol('code') }),
  () => Object.assign(new Error('a'), { code: Object.create(null) }),
  () => Object.assign(new Error('a'), { status: 503 }),
  () => Object.assign(new Error('a'), { message: Symbol('message') }),
  () => Object.assign(new Error('a'), { stack: undefined }),
  () => Object.assign(new Error('a'), { stack: 5 }),
  () => Object.assign(new Error('a'), { stack: 'x'.repeat(1_000_000) }),
  () => Object.assign(new Error('a'), { name: '' }),
  () => Object.assign(new Error('a'), { cause: 1 }),
  () => Object.assign(new Error('a'), { errors: 1 }),
  () => Object.assign(new Error('a'), { errors: revoked([]) }),
  () => Object.assign(new Error('a'), { toJSON: hostile, toString: hostile }),
  () => withGetter(new Error('a'), 'name'),
  () => withGetter(new Error('a'), 'message'),
  () => withGetter(new Error('a'), 'stack'),
  () => withGetter(new Error('a'), 'code'),
  () => withGetter(new Error('a'), 'cause'),
  () => withGetter(new Error('a'), 'then'),
  () => Object.freeze(new Error('frozen')),
  () => Object.setPrototypeOf(new Error('bare'), null),
  () => Object.create(Error.prototype),
  () => new Error(''),
  () => new Error('password=hunter2'),
  () => new Error('\ud800'),
  () => new Error('m'.repeat(1_000_000)),
  cyclic,
  () => chain(1_000),
  () => new Error('a', { cause: new Proxy({}, traps) }),
  // functions
  () => () => 1,
  () => async () => 1,
  () => function* () {},
  () => async function* () {},
  () => class {},
  () =>
    class {
      static [THEN] = 1
      a = 1
    },
  () => Math.max,
  () => (() => 1).bind(null),
  () => Object.assign(() => 1, { a: 1 }),
  () => new Proxy(() => 1, {}),
  // proxies
  () => new Proxy({}, {}),
  () => new Proxy([], {}),
  () => new Proxy({}, traps),
  () => new Proxy(() => 1, traps),
  () => new Proxy(new Error('behind'), {}),
  () => new Proxy(new Error('behind'), traps),
  () => revoked({}),
  () => revoked(() => 1),
  () => new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : 1) }),
]
