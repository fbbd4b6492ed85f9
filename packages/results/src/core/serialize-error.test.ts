import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { serializeError } from './serialize-error.js'

const hostile = () => {
  throw new Error('a trap')
}
const named = (name: string, extra: object = {}) => Object.assign(new Error('m'), { name }, extra)

describe('the code of an error', () => {
  test.each([
    [new Error('x'), 500],
    [named('A', { code: 7 }), 7],
    [named('A', { code: 'ENOENT', errno: -2 }), 2],
    [named('A', { errno: 0 }), 500],
    [named('A', { status: 503 }), 503],
    [named('A', { statusCode: 404 }), 404],
    [named('A', { status: 1 }), 500],
    [named('A', { code: 1.5 }), 500],
    [named('ValidationError'), 400],
    [named('ZodError'), 400],
    [new DOMException('m', 'AbortError'), 500],
    ['text', 500],
    [undefined, 500],
  ])('%# is %s', (error, code) => {
    expect(serializeError(error).code).toBe(code)
  })
})

describe('the category of an error', () => {
  test.each([
    [new Error('x'), 'E003'],
    [named('TimeoutError'), 'E002'],
    [named('A', { code: 'ETIMEDOUT' }), 'E002'],
    [named('MyValidationError'), 'E001'],
    [named('AbortError'), 'E004'],
    [named('A', { code: 'SQLITE_BUSY' }), 'E006'],
    [named('A', { code: '23505', severity: 'ERROR' }), 'E006'],
    [named('A', { code: '23505' }), 'E003'],
  ])('%# is %s', (error, category) => {
    expect(serializeError(error).category).toBe(category)
  })
})

describe('the text of an error', () => {
  test.each([
    [null, 'null', 'null'],
    [undefined, 'undefined', 'undefined'],
    ['text', 'string', 'text'],
    [5n, 'bigint', '5'],
    [Symbol('s'), 'symbol', 'Symbol(s)'],
    [() => 1, 'function', 'a function was thrown'],
    [{ a: 1, b: 'x', c: {} }, 'Object', '{ a: 1, b: "x" }'],
    [Object.create(null), 'object', 'an object was thrown'],
    [{ name: 'Own', message: 'said' }, 'Own', 'said'],
  ])('%# is %s', (thrown, type, message) => {
    expect(serializeError(thrown)).toMatchObject({ type, message })
  })

  test('has causes and members, a bounded number of them, and survives a circle', () => {
    const cyclic = new Error('a')
    cyclic.cause = new Error('b', { cause: cyclic })
    expect(serializeError(cyclic).stack?.match(/Caused by/g)).toHaveLength(2)
    let chain = new Error('last')
    for (let n = 0; n < 1_000; n += 1) chain = new Error(`link ${n}`, { cause: chain })
    const { stack } = serializeError(chain)
    expect(stack?.match(/Caused by/g)).toHaveLength(8)
    expect(stack).toContain('more causes')
    const many = new AggregateError(Array.from({ length: 10_000 }, (_, n) => new Error(`m${n}`)))
    expect(serializeError(many).stack).toContain('Member 10 of 10000')
    expect(serializeError(many).stack).toContain('9990 more members')
  })

  test('reads each property once', () => {
    const reads: string[] = []
    const error = new Proxy(new Error('x'), {
      get(target, name) {
        reads.push(String(name))
        return Reflect.get(target, name)
      },
    })
    serializeError(error)
    expect(new Set(reads).size).toBe(reads.length)
  })

  test('is short, well-formed and quickly made, whatever was thrown', () => {
    const traps = new Proxy({}, { get: () => hostile })
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const thrown = [
      new Proxy({}, traps),
      proxy,
      Object.assign(new Error('m'.repeat(1e6)), { stack: 's'.repeat(1e7) }),
      Object.assign(new Error('\ud800'), { errors: proxy, cause: proxy }),
      Object.assign(new Error('x'), { toString: hostile, toJSON: hostile, [Symbol.toPrimitive]: hostile }),
      Object.defineProperty(new Error('x'), 'message', { get: hostile }),
      Object.assign(new Error('x'), { message: Symbol('m'), name: {}, stack: [] }),
    ]
    for (const value of thrown) {
      const error = serializeError(value)
      expect(error.message.isWellFormed() && error.type.isWellFormed()).toBe(true)
      expect(error.message.length + (error.stack?.length ?? 0)).toBeLessThanOrEqual(65_536)
    }
  })

  test('is made of anything', () => {
    fc.assert(fc.property(fc.anything(), (value) => typeof serializeError(value).message === 'string'))
  })
})
