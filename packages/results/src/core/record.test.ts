import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ATTR } from './attributes.js'
import { CUT_MARK, MAX_TEXT, toText } from './limits.js'
import { liveFaults, liveListeners, publishLive } from './live.js'
import { compareNanos, fromHrTime, toDurationMs, toIso } from './nanos.js'
import { parseRunKey, toRecordAttributes, toRunKey, winner } from './record.js'
import { key, step, TRACE } from './testing.testsuite.js'
import { documentText, rowsText } from './text.js'

describe('the attributes of a record', () => {
  test('are ours only, and of the same kind on every road', () => {
    const source = {
      [ATTR.title]: 'a\ud800b',
      [ATTR.progress]: Number.NaN,
      [ATTR.ordinal]: 7n,
      [ATTR.attempt]: 2 ** 60,
      [ATTR.errorCode]: -0,
      [ATTR.steps]: 2n ** 60n,
      [ATTR.mode]: null,
      [ATTR.tags]: ['a'],
      [ATTR.version]: { a: 1 },
      'http.method': 'GET',
      'runspan.other': 'x',
    }
    expect(toRecordAttributes(source)).toEqual({ [ATTR.title]: 'a\ufffdb', [ATTR.ordinal]: 7, [ATTR.errorCode]: 0 })
    expect(Object.is(toRecordAttributes(source)[ATTR.errorCode], 0)).toBe(true)
  })

  test('never hold text that is not well-formed or longer than its limit', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 300 })
    fc.assert(
      fc.property(anyText, fc.integer({ min: CUT_MARK.length + 2, max: 200 }), (text, limit) => {
        const made = toText(text, limit)
        expect(made.isWellFormed()).toBe(true)
        expect(made.length).toBeLessThanOrEqual(limit)
        if (text.length <= limit && text.isWellFormed()) expect(made).toBe(text)
        else if (text.length > limit) expect(made.endsWith(CUT_MARK)).toBe(true)
      }),
    )
    expect(toText(`${'x'.repeat(MAX_TEXT)}y`)).toHaveLength(MAX_TEXT)
    expect(toText('😀'.repeat(20), 31).isWellFormed()).toBe(true)
  })
})

describe('the merge rule', () => {
  test('does not depend on which record came first', () => {
    const anyRecord = fc.record({
      phase: fc.constantFrom('started', 'progress', 'interrupted', 'ended'),
      seq: fc.nat(2),
      name: fc.constantFrom('a', 'b'),
    })
    fc.assert(
      fc.property(anyRecord, anyRecord, anyRecord, (x, y, z) => {
        const [a, b, c] = [x, y, z].map((given) => step(1, given as object)) as [ReturnType<typeof step>, never, never]
        expect(JSON.stringify(winner(a, b))).toBe(JSON.stringify(winner(b, a)))
        expect(JSON.stringify(winner(winner(a, b), c))).toBe(JSON.stringify(winner(a, winner(b, c))))
      }),
    )
  })
})

describe('run keys', () => {
  test('are read back, and nothing else is', () => {
    expect(parseRunKey(toRunKey({ traceId: TRACE, spanId: '0'.repeat(15).concat('1') }))).toEqual({
      traceId: TRACE,
      spanId: '0000000000000001',
    })
    for (const wrong of [undefined, 7, '', key(0).toUpperCase(), ` ${key(0)}`, `${key(0)}\n`, key(0).slice(1)]) {
      expect(parseRunKey(wrong)).toBeUndefined()
    }
  })
})

describe('times', () => {
  test('keep every nanosecond', () => {
    expect(fromHrTime([1_700_000_000, 5])).toBe('1700000000000000005')
    expect(fromHrTime([0, 5])).toBe('5')
    expect(fromHrTime([1, 1_500_000_000])).toBe('2500000000')
    for (const wrong of [
      [Number.NaN, 0],
      [-1, 0],
      [1.5, 0],
      [0, -1],
    ] as const)
      expect(fromHrTime(wrong)).toBeNull()
    expect(toIso('1700000000000000005')).toBe('2023-11-14T22:13:20.000000005Z')
    expect(toIso('5')).toBe('1970-01-01T00:00:00.000000005Z')
  })

  test('are ordered as numbers are, and a clock that went back is no negative time', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), fc.bigInt({ min: 0n, max: 2n ** 64n }), (a, b) => {
        expect(Math.sign(compareNanos(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
        expect(toDurationMs(String(a), String(b))).toBe(b > a ? Number(b - a) / 1e6 : 0)
      }),
    )
  })
})

describe('live listeners', () => {
  test('all hear a record, and the fault of one is swallowed and counted', () => {
    const heard: string[] = []
    const broken = () => {
      throw new Error('mine')
    }
    const listener = () => void heard.push('news')
    const before = liveFaults()
    liveListeners().add(broken).add(listener)
    try {
      publishLive(step(1))
    } finally {
      liveListeners().delete(broken)
      liveListeners().delete(listener)
    }
    publishLive(step(2))
    expect(heard).toEqual(['news'])
    expect(liveFaults()).toBe(before + 1)
    expect((globalThis as Record<symbol, unknown>)[Symbol.for('runspan.live/1')]).toBe(liveListeners())
  })
})

describe('plain text', () => {
  test('S0.9 is byte for byte what JSON.stringify gives', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '"', '\\', '\u2028', '\u007f', '\ud800', 'é😀'),
    )
    const orNull = fc.option(text, { nil: null })
    const row = fc.record({
      run_id: text,
      title: text,
      status: text,
      mode: text,
      error_code: fc.option(fc.maxSafeInteger(), { nil: null }),
      error_message: orNull,
      target: orNull,
      stacktrace: fc.option(fc.string({ unit: 'binary', minLength: 150, maxLength: 300 }), { nil: null }),
    })
    const order = ['run_id', 'title', 'status', 'mode', 'error_code', 'error_message', 'target', 'stacktrace'] as const
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
        const ordered = rows.map((given) => Object.fromEntries(order.map((name) => [name, given[name]])))
        expect(rowsText(rows)).toBe(JSON.stringify({ statuses: ordered }, null, 2))
      }),
    )
    expect(documentText({ statuses: [] } as never)).toBe('{\n  "statuses": []\n}')
  })
})
