import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSketch, SKETCH_ERROR } from './sketch.js'

const duration = fc.oneof(
  fc.double({ min: 0, max: 1e12, noNaN: true }),
  fc.integer({ min: 0, max: 100_000 }),
  fc.double({ min: 1e-5, max: 10, noNaN: true }),
)

describe('the sketch', () => {
  test('is never further than its error from the true value at the rank, whatever the spread', () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, q) => {
          const sketch = createSketch()
          for (const ms of all) sketch.add(ms)
          const exact = [...all].sort((a, b) => a - b)[Math.floor(q * (all.length - 1))] as number
          // What is below a nanosecond counts as 0.
          const allowed = exact * SKETCH_ERROR * 1.000001 + 1e-6
          expect(Math.abs((sketch.quantile(q) as number) - exact)).toBeLessThanOrEqual(allowed)
        },
      ),
    )
  })

  test('knows the exact count and ends, and does not depend on the order', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1 }), (all) => {
        const [one, other] = [createSketch(), createSketch()]
        for (const ms of all) one.add(ms)
        for (const ms of [...all].reverse()) other.add(ms)
        expect(one.summary()).toEqual(other.summary())
        expect(one.summary()).toMatchObject({ count: all.length, min_ms: Math.min(...all), max_ms: Math.max(...all) })
      }),
    )
  })

  test('never tells a quantile that lies outside what was seen', () => {
    for (const ms of [0.123, 7, 99.9, 123_456]) {
      const sketch = createSketch()
      sketch.add(ms)
      expect([sketch.quantile(0), sketch.quantile(0.5), sketch.quantile(1)]).toEqual([ms, ms, ms])
    }
  })

  test('has nothing to say while it is empty, and does not count what is no duration', () => {
    const sketch = createSketch()
    for (const ms of [Number.NaN, -1, Number.NEGATIVE_INFINITY]) sketch.add(ms)
    expect(sketch.quantile(0.5)).toBeNull()
    expect(sketch.summary()).toBeNull()
  })

  test('gives zero for zeros', () => {
    const sketch = createSketch()
    sketch.add(0)
    sketch.add(0)
    expect(sketch.summary()).toEqual({ count: 2, min_ms: 0, max_ms: 0, p50_ms: 0, p95_ms: 0 })
  })
})
