import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { currentRun, currentStep } from './handle.js'
import { record } from './recording.testsuite.js'
import { runStep, runWorkflow } from './run.js'
import { isSdkError } from './sdk-error.js'
import { trackStep, trackWorkflow } from './track.js'

const recorded = record()

describe('a wrapped function', () => {
  test('keeps this, name, length and own properties, and stays sync', () => {
    const key = Symbol('own')
    function add(this: { base: number }, a: number, b: number) {
      return this.base + a + b
    }
    const original = Object.assign(add, { unit: 'm', [key]: 1 })
    const wrapped = trackStep('add', original)
    expect(wrapped.call({ base: 1 }, 2, 3)).toBe(6)
    expect([wrapped.name, wrapped.length, wrapped.unit, wrapped[key]]).toEqual(['add', 2, 'm', 1])
    expect(recorded.attributes('add')).toMatchObject({ 'runspan.outcome': 'success', 'code.function.name': 'add' })
  })

  test('can be called with new where the original can, and only there', () => {
    function Point(this: { x: number }, x: number) {
      this.x = x
    }
    const Tracked = trackStep('point', Point) as unknown as new (x: number) => { x: number }
    const point = new Tracked(3)
    expect(point).toBeInstanceOf(Point)
    expect(point).toBeInstanceOf(Tracked)
    expect(point.x).toBe(3)
    class Special extends Tracked {}
    expect(new Special(4)).toBeInstanceOf(Special)
    const arrow = trackStep('arrow', () => 1) as unknown as new () => unknown
    expect(() => new arrow()).toThrow(TypeError)
    expect('prototype' in arrow).toBe(false)
  })

  test('looks like the kind of function it was', async () => {
    const wrapped = trackStep('a', async () => 1)
    expect(Object.prototype.toString.call(wrapped)).toBe('[object AsyncFunction]')
    expect(await wrapped()).toBe(1)
  })

  test.each([undefined, null, 'text', 0, Symbol('s'), 1n, Object.create(null), Object.freeze(new Error('x'))])(
    'throws on what was thrown: case %#',
    async (thrown) => {
      const failing = trackStep('f', () => {
        throw thrown
      })
      const rejecting = trackStep('r', () => Promise.reject(thrown))
      expect(catchOf(failing)).toEqual([thrown])
      expect(
        await rejecting().then(
          () => [],
          (error) => [error],
        ),
      ).toEqual([thrown])
      expect(recorded.spans().map((span) => span.attributes['runspan.outcome'])).toEqual(['failed', 'failed'])
    },
  )

  test('runs in a span of its own, inside the one around', async () => {
    const inner = trackStep('inner', () => trace.getActiveSpan())
    const outer = trackStep('outer', async () => {
      await null
      return [trace.getActiveSpan(), inner()]
    })
    const [around, within] = await outer()
    expect(around?.spanContext().spanId).toBe(recorded.spans()[1]?.spanContext().spanId)
    expect(recorded.spans()[0]?.parentSpanContext?.spanId).toBe(around?.spanContext().spanId)
    expect(within?.spanContext().spanId).toBe(recorded.spans()[0]?.spanContext().spanId)
  })
})

describe('the spans of a run', () => {
  test('carry what the table says', async () => {
    const load = trackStep(
      'load',
      {
        id: '7',
        title: 'Load it',
        mode: 'full',
        target: (path: string) => path,
        tags: ['a'],
        attributes: { team: 'x' },
      },
      async (path: string) => path.length,
    )
    const etl = trackWorkflow(
      'etl',
      { version: '2', mode: 'nightly', runId: (day: string) => `run-${day}` },
      async (day: string) => {
        await load(day)
        return runStep('second', () => 1)
      },
    )
    expect(await etl('2026')).toBe(1)
    const [first, second, run] = recorded.spans()
    const key = `${run?.spanContext().traceId}-${run?.spanContext().spanId}`
    expect(run?.attributes).toEqual({
      'runspan.kind': 'run',
      'runspan.name': 'etl',
      'runspan.run.id': 'run-2026',
      'runspan.version': '2',
      'runspan.mode': 'nightly',
      'runspan.run.key': key,
      'runspan.outcome': 'success',
      'runspan.steps': 2,
    })
    expect(first?.attributes).toEqual({
      team: 'x',
      'runspan.kind': 'step',
      'runspan.name': 'load',
      'runspan.run.key': key,
      'runspan.parent.id': run?.spanContext().spanId,
      'runspan.ordinal': 1,
      'runspan.id': '7',
      'runspan.title': 'Load it',
      'runspan.mode': 'full',
      'runspan.target': '2026',
      'runspan.tags': '["a"]',
      'runspan.outcome': 'success',
    })
    expect(second?.attributes['runspan.ordinal']).toBe(2)
    expect(recorded.spans().map((span) => span.status.code)).toEqual([0, 0, 0])
  })

  test('a failure has its error, an exception event, a status, and the run names the step', async () => {
    const boom = Object.assign(new Error('boom'), { code: 42 })
    const etl = trackWorkflow('etl', async () =>
      runStep('outer', async () => {
        await runStep('inner', { errorCode: (error) => (error === boom ? 7 : undefined) }, async () => {
          throw boom
        })
      }),
    )
    await expect(etl()).rejects.toBe(boom)
    expect(recorded.attributes('inner')).toMatchObject({
      'runspan.outcome': 'failed',
      'runspan.error.code': 7,
      'runspan.error.category': 'E003',
      'error.type': 'Error',
      'exception.type': 'Error',
      'exception.message': 'boom',
    })
    expect(recorded.attributes('outer')['runspan.error.code']).toBe(7)
    expect(recorded.attributes('etl')['runspan.outcome.reason']).toBe("in step 'inner' (0002)")
    const [inner] = recorded.spans()
    expect(inner?.status).toEqual({ code: 2, message: 'boom' })
    expect(inner?.events.map((event) => event.name)).toEqual(['exception'])
  })

  test('the run names the step also of an error that was wrapped, and of a thrown text', async () => {
    await runWorkflow('wrapped', async () => {
      try {
        await runStep('a', () => Promise.reject(new Error('low')))
      } catch (cause) {
        throw new Error('high', { cause })
      }
    }).catch(() => {})
    await runWorkflow('text', () => runStep('b', { id: 'x' }, () => Promise.reject('low'))).catch(() => {})
    expect(recorded.attributes('wrapped')['runspan.outcome.reason']).toBe("in step 'a' (0001)")
    expect(recorded.attributes('text')['runspan.outcome.reason']).toBe("in step 'b' (x)")
  })

  test('parallel runs do not mix', async () => {
    const step = trackStep('s', async (n: number) => {
      await new Promise((resolve) => setImmediate(resolve))
      return n
    })
    const flow = trackWorkflow('w', async (n: number) => Promise.all([step(n), step(n)]))
    await Promise.all([flow(1), flow(2), flow(3)])
    const documents = recorded.documents()
    expect(documents).toHaveLength(3)
    for (const { statuses } of documents) expect(statuses.map((row) => row.run_id)).toEqual(['0001', '0002'])
  })

  test('a run in a run carries the enclosing key, and is a document of its own', () => {
    runWorkflow('outer', { mode: 'm' }, () => runWorkflow('inner', () => runStep('s', () => 1)))
    const [step, inner, outer] = recorded.spans()
    const keyOf = (span: typeof step) => `${span?.spanContext().traceId}-${span?.spanContext().spanId}`
    expect(inner?.attributes).toMatchObject({
      'runspan.run.key': keyOf(outer),
      'runspan.ordinal': 1,
      'runspan.mode': 'm',
    })
    expect(step?.attributes['runspan.run.key']).toBe(keyOf(inner))
    expect(
      recorded
        .documents()
        .map((document) => document.run.name)
        .sort(),
    ).toEqual(['inner', 'outer'])
  })

  test('a step outside any run is a root of its own', () => {
    runStep('loose', () => runStep('below', () => 1))
    const [below, loose] = recorded.spans()
    const key = `${loose?.spanContext().traceId}-${loose?.spanContext().spanId}`
    expect(loose?.attributes).toMatchObject({ 'runspan.run.key': key, 'runspan.ordinal': 1, 'runspan.steps': 2 })
    expect(below?.attributes).toMatchObject({ 'runspan.run.key': key, 'runspan.ordinal': 2 })
  })

  test('trace: link begins a trace with a link back, root one without', () => {
    runWorkflow('around', () => {
      runWorkflow('linked', { trace: 'link' }, () => 1)
      runWorkflow('rooted', { trace: 'root' }, () => 1)
    })
    const [linked, rooted, around] = recorded.spans()
    expect(linked?.spanContext().traceId).not.toBe(around?.spanContext().traceId)
    expect(linked?.parentSpanContext).toBeUndefined()
    expect(linked?.links[0]?.context.spanId).toBe(around?.spanContext().spanId)
    expect(rooted?.links).toEqual([])
    expect(recorded.documents().find(({ run }) => run.name === 'around')?.statuses).toHaveLength(2)
  })

  test('what runs outside the context is a root again', () => {
    runWorkflow('w', () => context.with(ROOT_CONTEXT, () => runStep('away', () => 1)))
    expect(recorded.attributes('away')['runspan.parent.id']).toBeUndefined()
  })
})

describe('a provider that comes late', () => {
  test('is found at the next call', () => {
    const wrapped = trackStep('late', () => currentStep().active)
    const provider = trace.getTracerProvider()
    trace.disable()
    expect(wrapped()).toBe(false)
    trace.setGlobalTracerProvider(provider)
    expect(wrapped()).toBe(true)
  })

  test('without a context manager a run finds its steps by a storage of our own', async () => {
    context.disable()
    await runWorkflow('w', async () => {
      await null
      await runStep('a', async () => {
        await null
        runStep('b', () => expect(currentRun().active).toBe(true))
      })
    })
    const [b, a, w] = recorded.spans()
    expect(b?.attributes['runspan.parent.id']).toBe(a?.spanContext().spanId)
    expect(b?.parentSpanContext?.spanId).toBe(a?.spanContext().spanId)
    expect(new Set([a, b, w].map((span) => span?.spanContext().traceId)).size).toBe(1)
  })
})

describe('a mistake at wrap time says what is allowed', () => {
  const wrap = trackStep as (...given: unknown[]) => unknown
  const fn = () => 1
  test.each([
    [['', fn], "1 to 256 characters, such as 'load'"],
    [['   ', fn], 'name'],
    [['x'.repeat(257), fn], 'name'],
    [[5, fn], 'The name of a step is 5'],
    [['a', null, fn], 'give an object'],
    [['a', { retires: 3 }, fn], '"retires", given for "a", is no option'],
    [['a', { version: '1' }, fn], 'an option of a workflow, not of a step'],
    [['a', { id: '' }, fn], 'id is ""'],
    [['a', { title: 3 }, fn], 'title is 3'],
    [['a', { tags: [1] }, fn], 'tags is'],
    [['a', { target: 3 }, fn], 'target is 3'],
    [['a', { attributes: 3 }, fn], 'attributes is 3'],
    [['a', { signal: {} }, fn], 'signal is'],
    [['a', { capture: 'all' }, fn], 'capture is "all"'],
    [['a', { errorCode: 1.5 }, fn], 'errorCode is 1.5'],
    [['a', { retry: -1 }, fn], 'retry.maxRetries is -1'],
    [['a', { retry: { jitter: 2 } }, fn], 'retry.jitter is 2'],
    [['a', { retry: { when: 1 } }, fn], 'retry.when is 1'],
    [['a', { timeout: 0 }, fn], 'timeout is 0'],
    [['a', { timeout: '3 weeks' }, fn], "'30s'"],
    [['a'], 'give a function'],
    [['a', class A {}], 'is a class'],
    [['a', { retry: 1 }, function* () {}], 'generator'],
    [['a', { timeout: 1 }, async function* () {}], 'generator'],
  ])('%#', (given, part) => {
    const error = catchOf(() => wrap(...(given as unknown[])))[0]
    expect(isSdkError(error)).toBe(true)
    expect((error as Error).message).toContain(part)
  })

  test('of a workflow', () => {
    const of = trackWorkflow as (...given: unknown[]) => unknown
    expect(() => of('a', { inputs: 1, capture: { inputs: false } }, fn)).toThrow('inputs are given')
    expect(() => of('a', { trace: 'child' }, fn)).toThrow("'parent', 'link' or 'root'")
    expect(() => of('a', { semconv: ['faas'] }, fn)).toThrow("'cicd'")
    expect(() => of('a', { runId: ' ' }, fn)).toThrow('runId')
  })
})

describe('a mistake at call time', () => {
  test('of an option is reported, and the code runs', () => {
    const fail = () => {
      throw new Error('option')
    }
    const wrapped = trackStep('w', { target: fail, attributes: fail, signal: fail, errorCode: 3 }, () => 5)
    expect(wrapped()).toBe(5)
    const flow = trackWorkflow('f', { runId: fail, capture: true, inputs: fail }, () => 6)
    expect(flow()).toBe(6)
    expect(recorded.said.filter((line) => line.includes('option of'))).toHaveLength(5)
    expect(recorded.attributes('f')['runspan.run.id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  })

  test('attributes that a span cannot carry are left out and said', () => {
    const attributes = { ok: 1, nan: Number.NaN, object: {}, 'runspan.kind': 'run', password: 'x', mixed: [1, 'a'] }
    trackStep('a', { attributes: () => attributes as never }, () => 1)()
    const { ok, nan, object, mixed, password, 'runspan.kind': kind } = recorded.attributes('a')
    expect([ok, nan, object, mixed, password, kind]).toEqual([1, undefined, undefined, undefined, '[redacted]', 'step'])
    expect(recorded.said.filter((line) => line.includes('attribute "'))).toHaveLength(4)
  })
})

function catchOf(work: () => unknown): unknown[] {
  try {
    work()
    return []
  } catch (error) {
    return [error]
  }
}
