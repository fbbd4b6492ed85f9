import { expect, test } from 'vitest'
import { formatInstant } from './instant-text.js'

test('a time reads in UTC, without its fraction', () => {
  expect(formatInstant('2026-11-20T11:03:10.123456789Z')).toBe('2026-11-20 11:03:10 UTC')
  expect(formatInstant('yesterday')).toBe('–')
  expect(formatInstant(null)).toBe('–')
})
