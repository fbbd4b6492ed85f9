import { describe, expect, it } from 'vitest'
import { formatDuration } from './duration.js'

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.01, '0.0 ms'],
    [0.4, '0.4 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [12, '12 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1420, '1.42 s'],
    [42_100, '42.10 s'],
    [59_994, '59.99 s'],
    [59_996, '1 m 00 s'],
    [65_000, '1 m 05 s'],
    [125_000, '2 m 05 s'],
    [3_599_400, '59 m 59 s'],
    [3_599_600, '1 h 00 m'],
    [3 * 3_600_000 + 7 * 60_000, '3 h 07 m'],
    [86_399_000, '1 d 00 h'],
    [2 * 86_400_000 + 4 * 3_600_000, '2 d 04 h'],
    [364 * 86_400_000, '364 d 00 h'],
    [-12, '-12 ms'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('writes what is not known, or is no number, as a dash', () => {
    expect([null, Number.NaN, Number.POSITIVE_INFINITY].map(formatDuration)).toEqual(['-', '-', '-'])
  })
})
