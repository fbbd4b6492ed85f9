import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOSTILE } from '../insights/documents.testsuite.js'
import { maskControls, maskLines } from './mask.js'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(...HOSTILE),
)

describe('text made safe to show', () => {
  it('holds no control, bidirectional control, separator, zero-width character or lone surrogate', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(maskControls(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b\u2060-\u2064\ufeff]/u)
        expect(maskLines(text)).not.toMatch(/[^\P{Cc}\n\t]|[\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b\ufeff]/u)
      }),
    )
  })

  it.each([
    ['\x1b[2J', '\\x1b[2J'],
    ['a\nb\tc\r', 'a\\x0ab\\x09c\\x0d'],
    ['\u009b31m\x7f', '\\x9b31m\\x7f'],
    ['\u202eevil\u2066', '\\u202eevil\\u2066'],
    ['a\u2028b', 'a\\u2028b'],
    ['\ufeffa\u200bb\u00ad', '\\ufeffa\\u200bb\\xad'],
    ['\ud800x', '\ufffdx'],
    ['日本語 🎉 é — ÿ 👩\u200d👧', '日本語 🎉 é — ÿ 👩\u200d👧'],
  ])('shows %j as %j', (text, masked) => {
    expect(maskControls(text)).toBe(masked)
  })

  it('keeps line feeds and tabs where lines are wanted', () => {
    expect(maskLines('a\r\n\tb\rc\x07\u202e')).toBe('a\n\tb\\x0dc\\x07\\u202e')
  })
})
