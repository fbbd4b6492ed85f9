import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOSTILE } from '../insights/documents.testsuite.js'
import { cutText, pathText, visibleLine, visibleLines } from './visible.js'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(...HOSTILE),
)

describe('text made visible', () => {
  test('holds no control, bidi control, line separator, zero-width character or lone surrogate', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(visibleLine(text)).not.toMatch(
          /[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/u,
        )
        expect(visibleLines(text)).not.toMatch(/[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e]|\p{Surrogate}/u)
      }),
    )
  })

  test('shows what was hidden', () => {
    expect(visibleLine('a\x1b[2J\n\t\u202e\u0085\ud800z')).toBe('a\\x1b[2J\\n\\t\\u202e\\x85\\ud800z')
    expect(visibleLines('a\r\n\tb\rc\x07')).toBe('a\n\tb\\rc\\x07')
  })

  test('leaves every other character as it is', () => {
    expect(visibleLine('日本語 🎉 é — ÿ 👩\u200d👧')).toBe('日本語 🎉 é — ÿ 👩\u200d👧')
  })

  test('is cut between characters, never through one', () => {
    expect(cutText('abcdef', 6)).toBe('abcdef')
    expect(cutText('abcdefg', 6)).toBe('abcde…')
    expect(cutText('abc🎉efg', 5)).toBe('abc…')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        expect(cutText(text, max).length).toBeLessThanOrEqual(max)
        expect(cutText(text, max).isWellFormed()).toBe(true)
      }),
    )
  })

  test('a path tells repeated names apart, and loses its front when it is long', () => {
    expect(pathText(['load', 'read'], [1, 17])).toBe('load > read #17')
    const long = pathText(Array.from({ length: 1_000 }, (_, i) => `level ${i}`))
    expect(long.length).toBeLessThan(510)
    expect(long).toMatch(/^… > level \d+ > .* > level 999$/)
    expect(pathText([])).toBe('')
    expect(pathText(['', ' '])).toBe('(empty) > (empty)')
  })
})
