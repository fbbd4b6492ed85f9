import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_DELAY_MS, parseDuration } from './duration.js'
import { resolveRetry, retryDelay } from './retry.js'
import { newRunId } from './uuid.js'

test.each([
  [0, 0],
  [1.5, 1.5],
  ['250ms', 250],
  ['30s', 30_000],
  [' 1.5 m ', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['PT30S', 30_000],
  ['PT1H2M3.5S', 3_723_500],
  ['P1DT1M', 86_460_000],
])('the duration %s is %i ms', (text, ms) => {
  expect(parseDuration(text, 'timeout')).toBe(ms)
})

test.each([-1, Number.NaN, MAX_DELAY_MS + 1, '', '5', '30 sec', 'P', 'PT', 'T1S', '1e3s', null, {}])(
  '%s is no duration',
  (text) => {
    expect(() => parseDuration(text, 'timeout')).toThrow(/^timeout is .*; give milliseconds/)
  },
)

test('S0.18 the waits of {} are 1, 2 and 4 seconds; all may be said otherwise', () => {
  const waits = (retry: ReturnType<typeof resolveRetry>, random?: () => number) =>
    Array.from({ length: retry.maxRetries }, (_, n) => retryDelay(retry, n + 1, random))
  expect(waits(resolveRetry({}))).toEqual([1_000, 2_000, 4_000])
  expect(waits(resolveRetry(2))).toEqual([1_000, 2_000])
  expect(waits(resolveRetry({ maxRetries: 4, delay: '10s', backoffFactor: 3, maxDelay: '1m' }))).toEqual([
    10_000, 30_000, 60_000, 60_000,
  ])
  expect(waits(resolveRetry({ maxRetries: 1, jitter: 0.2 }), () => 1)).toEqual([800])
})

test('run ids are UUIDs of version 7, unlike each other, and in the order of their making', () => {
  const ids = Array.from({ length: 20_000 }, () => newRunId())
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
})

test('run ids keep their order when the clock goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1_800_000_000_000, max: 1_800_000_000_050 })), (times) => {
      const ids = times.map((time) => newRunId(time))
      return ids.every((id, n) => n === 0 || id > (ids[n - 1] as string))
    }),
  )
})
