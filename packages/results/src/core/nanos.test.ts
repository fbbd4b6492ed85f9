import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toIso } from './nanos.js'

test('a time reads the same whatever times were asked for before it', () => {
  const time = fc.oneof(fc.bigInt(0n, 4_000_000_000_000_000_000n), fc.bigInt(0n, 40_000_000_000n))
  fc.assert(
    fc.property(fc.array(time), (times) => {
      for (const nanos of times) {
        const second = new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
        expect(toIso(String(nanos))).toBe(`${second}.${String(nanos % 1_000_000_000n).padStart(9, '0')}Z`)
      }
    }),
  )
})
