import { PassThrough, Readable, Transform, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { trace } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { record } from './recording.testsuite.js'
import { runStep } from './run.js'
import { trackStep } from './track.js'

const recorded = record()
const ended = () => recorded.spans().map((span) => span.name)
const outcome = (name = 's') => recorded.attributes(name)['runspan.outcome']

describe('a promise', () => {
  test('stays one of its class, by what then gives', async () => {
    class Subclass<T> extends Promise<T> {
      extra() {
        return 1
      }
    }
    const given = Subclass.resolve(3)
    const got = trackStep('s', () => given)() as Subclass<number>
    expect(got).toBeInstanceOf(Subclass)
    expect(got.extra()).toBe(1)
    expect(await got).toBe(3)
    expect(outcome()).toBe('success')
  })

  test('with members of its own stays itself, and is heard by await, then, catch and finally', async () => {
    for (const wait of [
      async (promise: Promise<number>) => promise,
      (promise: Promise<number>) => promise.then(),
      (promise: Promise<number>) => promise.catch(() => 0),
      (promise: Promise<number>) => promise.finally(() => {}),
    ]) {
      const given = Object.assign(Promise.resolve(3), { cancel: () => 'cancelled' })
      const got = trackStep('s', () => given)()
      expect(got).toBe(given)
      expect(got.cancel()).toBe('cancelled')
      expect(ended()).toEqual([])
      expect(await wait(got)).toBe(3)
      expect(ended()).toEqual(['s'])
      expect(got.constructor.name).toBe('Promise')
      recorded.spans().length = 0
    }
  })

  test('that is memoised and has members of its own is heard by every call, and does not grow', async () => {
    const given = Object.assign(Promise.resolve(1), { own: 1 })
    const memoised = trackStep('s', () => given)
    for (let n = 0; n < 20_000; n += 1) memoised()
    expect(await memoised()).toBe(1)
    expect(ended()).toHaveLength(20_001)
    memoised()
    expect(ended()).toHaveLength(20_002)
  })

  test('whose class cannot be made by then is left as it is', async () => {
    class Query extends Promise<number> {
      readonly sql: string
      constructor(sql: string) {
        super((resolve) => resolve(2))
        this.sql = sql
      }
      static override get [Symbol.species]() {
        return Promise
      }
    }
    const given = new Query('select 1')
    const got = trackStep('s', () => given)()
    expect(got).toBe(given)
    expect(await got).toBe(2)
    expect(outcome()).toBe('success')
  })
})

describe('a thenable', () => {
  const lazy = () => {
    const calls: string[] = []
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a lazy thenable is the point.
      then(ok?: (value: number) => unknown, failed?: (error: unknown) => unknown) {
        calls.push('then')
        return Promise.resolve(7).then(ok, failed)
      },
      limit() {
        calls.push('limit')
        return this
      },
    }
    return { thenable, calls }
  }

  test('is not started, nor started twice', async () => {
    const { thenable, calls } = lazy()
    const got = trackStep('s', () => thenable)()
    expect(got).toBe(thenable)
    expect(calls).toEqual([])
    expect(ended()).toEqual([])
    expect(await got.limit()).toBe(7)
    expect(calls).toEqual(['limit', 'then'])
    expect(outcome()).toBe('success')
  })

  test('that is frozen or throws in its then stays what it is', async () => {
    const { thenable } = lazy()
    const frozen = trackStep('s', () => Object.freeze(thenable))()
    expect(await frozen).toBe(7)
    const fault = new Error('then')
    const throwing = trackStep('t', () => ({
      // biome-ignore lint/suspicious/noThenProperty: a hostile thenable is the point.
      then() {
        throw fault
      },
    }))() as unknown as PromiseLike<never>
    await expect(Promise.resolve(throwing)).rejects.toBe(fault)
  })

  test('whose then is behind a getter has it read by the waiting caller alone', async () => {
    let reads = 0
    const made = {
      // biome-ignore lint/suspicious/noThenProperty: so is one behind a getter.
      get then() {
        reads += 1
        return (ok: (value: number) => void) => ok(9)
      },
    }
    const got = trackStep('s', () => made)() as unknown as PromiseLike<number>
    expect(reads).toBe(0)
    expect(await got).toBe(9)
    expect(reads).toBe(1)
    expect(outcome()).toBe('success')
  })

  test('the getters of an object are not run', () => {
    const fail = () => {
      throw new Error('ran')
    }
    class Lazy {}
    for (const name of ['on', 'pipe', 'getReader', 'tee', 'cancel', 'next', 'constructor', Symbol.asyncIterator]) {
      Object.defineProperty(Lazy.prototype, name, { get: fail })
    }
    const lazy = new Lazy()
    expect(trackStep('s', () => lazy)() === lazy).toBe(true)
    expect(recorded.said).toEqual([])
    expect(ended()).toEqual(['s'])
  })

  test('a proxy is not looked at', () => {
    const touched: string[] = []
    const handler = new Proxy(
      {},
      {
        get:
          (_, trap) =>
          (...args: unknown[]) => {
            touched.push(trap as string)
            return (Reflect as never as Record<string, (...a: unknown[]) => unknown>)[trap as string]?.(...args)
          },
      },
    )
    const proxy = new Proxy({}, handler)
    expect(trackStep('s', () => proxy)() === proxy).toBe(true)
    expect(touched).toEqual([])
    expect(ended()).toEqual(['s'])
  })
})

describe('a generator', () => {
  const count = trackStep('g', function* (to: number): Generator<number, string, string | undefined> {
    for (let n = 0; n < to; n += 1) runStep(`child ${n}`, () => n)
    const got = yield 1
    yield trace.getActiveSpan() === undefined ? 0 : 2
    return `done ${got}`
  })

  test('has a span from its first next to its end, with what runs in it inside', () => {
    const generator = count(1)
    expect(ended()).toEqual([])
    expect(generator.next()).toEqual({ done: false, value: 1 })
    expect(ended()).toEqual(['child 0'])
    expect(generator.next('x')).toEqual({ done: false, value: 2 })
    expect(generator.next()).toEqual({ done: true, value: 'done x' })
    const [child, span] = recorded.spans()
    expect(child?.attributes['runspan.parent.id']).toBe(span?.spanContext().spanId)
    expect(generator.next()).toEqual({ done: true, value: undefined })
    expect(ended()).toHaveLength(2)
  })

  test('left by break is a success, thrown out of a failure, never begun nothing', () => {
    for (const _ of count(0)) break
    expect(outcome('g')).toBe('success')
    recorded.spans().length = 0
    const generator = count(0)
    generator.next()
    const fault = new Error('in')
    expect(() => generator.throw(fault)).toThrow(fault)
    expect(recorded.spans().at(-1)?.attributes['runspan.outcome']).toBe('failed')
    const before = ended().length
    count(3)
    expect(ended()).toHaveLength(before)
  })

  test('works through spread, Array.from, destructuring and yield*', () => {
    const numbers = trackStep('n', function* () {
      yield* [1, 2, 3]
    })
    const outer = trackStep('o', function* () {
      yield* numbers()
    })
    expect([...numbers()]).toEqual([1, 2, 3])
    expect(Array.from(outer())).toEqual([1, 2, 3])
    const [first] = numbers()
    expect(first).toBe(1)
    expect(ended()).toEqual(['n', 'n', 'o', 'n'])
    expect(recorded.spans()[1]?.attributes['runspan.parent.id']).toBe(recorded.spans()[2]?.spanContext().spanId)
  })

  test('whose parameters throw fails at the call', () => {
    const fault = new Error('default')
    const bad = trackStep('s', function* (_ = fail(fault)) {
      yield 1
    })
    expect(() => bad()).toThrow(fault)
    expect(outcome()).toBe('failed')
  })

  test('async: its steps are inside, break and throw end it', async () => {
    const rows = trackStep('rows', async function* (to: number) {
      for (let n = 0; n < to; n += 1) {
        await null
        yield await runStep('row', async () => n)
      }
    })
    const got = []
    for await (const row of rows(2)) got.push(row)
    expect(got).toEqual([0, 1])
    expect(ended()).toEqual(['row', 'row', 'rows'])
    expect(recorded.attributes('row')['runspan.parent.id']).toBe(recorded.spans()[2]?.spanContext().spanId)
    for await (const _ of rows(5)) break
    expect(ended().slice(3)).toEqual(['row', 'rows'])
    const failing = trackStep('bad', async function* () {
      yield 1
      throw new Error('late')
    })
    await expect(drain(failing())).rejects.toThrow('late')
    expect(outcome('bad')).toBe('failed')
  })

  test('given by a plain or async function is followed too', async () => {
    async function* two() {
      yield 1
      yield 2
    }
    await drain(await trackStep('s', async () => two())())
    expect(outcome()).toBe('success')
    const iterable = { other: 1, [Symbol.asyncIterator]: () => two() }
    const got = await trackStep('i', async () => iterable)()
    expect(got).toBe(iterable)
    expect(ended()).toEqual(['s'])
    expect(await drain(got)).toEqual([1, 2])
    expect(outcome('i')).toBe('success')
  })
})

describe('a stream', () => {
  test('of Node is over when all of it was read', async () => {
    const stream = trackStep('s', () => Readable.from(['a', 'b']))()
    expect(stream).toBeInstanceOf(Readable)
    expect(ended()).toEqual([])
    expect(await drain(stream)).toEqual(['a', 'b'])
    await tick()
    expect(outcome()).toBe('success')
  })

  test('of Node that is written to, or both', async () => {
    const sink = trackStep('w', async () => new Writable({ write: (_c, _e, done) => done() }))
    await pipeline(Readable.from(['a']), await sink())
    await tick()
    expect(outcome('w')).toBe('success')
    const both = trackStep('t', () => new Transform({ transform: (chunk, _e, done) => done(null, chunk) }))()
    both.end('x')
    await tick()
    expect(ended()).not.toContain('t')
    both.resume()
    await finished(both)
    await tick()
    expect(outcome('t')).toBe('success')
  })

  test('of Node that fails is a failure, and its error is still nobody else’s', async () => {
    const fault = new Error('broken')
    const stream = trackStep('s', () => new PassThrough())()
    expect(stream.listenerCount('error')).toBe(0)
    const failed = finished(stream).catch((error: unknown) => error)
    stream.destroy(fault)
    expect(await failed).toBe(fault)
    await tick()
    expect(outcome()).toBe('failed')
  })

  const web = () =>
    new ReadableStream<number>({
      start(controller) {
        controller.enqueue(1)
        controller.enqueue(2)
        controller.close()
      },
    })

  test('of the web is heard through for await, a reader, pipes and tee', async () => {
    const made = trackStep('s', web)
    expect(await drain(made() as unknown as AsyncIterable<number>)).toEqual([1, 2])
    expect(ended()).toHaveLength(1)
    const reader = made().getReader()
    while (!(await reader.read()).done);
    await tick()
    expect(ended()).toHaveLength(2)
    await made().pipeTo(new WritableStream())
    expect(ended()).toHaveLength(3)
    await drain(made().pipeThrough(new TransformStream()) as unknown as AsyncIterable<number>)
    expect(ended()).toHaveLength(4)
    const [left] = made().tee()
    await drain(left as unknown as AsyncIterable<number>)
    expect(ended()).toHaveLength(5)
    await made().cancel()
    expect(ended()).toHaveLength(6)
    expect(await new Response(made() as never).text().catch(() => 'bytes only')).toBeDefined()
  })

  test('of the web that breaks is a failure', async () => {
    const fault = new Error('web')
    const stream = trackStep('s', () => new ReadableStream({ pull: (controller) => controller.error(fault) }))()
    await expect(drain(stream as unknown as AsyncIterable<unknown>)).rejects.toBe(fault)
    expect(outcome()).toBe('failed')
  })
})

function fail(error: Error): never {
  throw error
}

async function drain<T>(source: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = []
  for await (const item of source) got.push(item)
  return got
}

const tick = () => new Promise((resolve) => setImmediate(resolve))
