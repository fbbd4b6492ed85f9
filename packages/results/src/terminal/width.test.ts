import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskControls } from './mask.js'
import { cutEnd, cutMiddle, fitText, pad, textWidth } from './width.js'

describe('textWidth', () => {
  it.each([
    ['', 0],
    ['plain', 5],
    ['naïve', 5],
    ['e\u0301', 1],
    ['日本語', 6],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['✓ ● ✗ ↻', 7],
    ['🚀', 2],
    ['❤️', 2],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['a\u200db', 2],
  ])('of %j is %d', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('cutting', () => {
  it('takes text at its end and ids in their middle', () => {
    expect(cutEnd('transform the rows', 10)).toBe('transform…')
    expect(cutMiddle('0193a5c2-77aa-7bbb-8ccc-0123456789ab', 9)).toBe('0193…89ab')
    expect(cutMiddle('0193a5c2', 8)).toBe('0193a5c2')
  })

  it('never tears a wide character in two', () => {
    expect(cutEnd('日本語のテキスト', 6)).toBe('日本…')
    expect(cutMiddle('日本語のテキスト', 8)).toBe('日本…ト')
  })

  it('uses the mark it is given', () => {
    expect(cutEnd('abcdefgh', 6, '...')).toBe('abc...')
    expect(cutEnd('abcdefgh', 2, '...')).toBe('..')
  })

  it('gives any text at most the width asked for, also after masking', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(textWidth(fitText(text, width))).toBeLessThanOrEqual(width)
        expect(textWidth(cutMiddle(maskControls(text), width))).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('does not read more of a text of 10 MB than it can show', () => {
    const huge = `\x1b${'\u0301'.repeat(10_000_000)}`
    // A string that was never read is still in its pieces; that is not what is measured.
    huge.charCodeAt(5)
    const before = performance.now()
    expect(fitText(huge, 40).startsWith('\\x1b')).toBe(true)
    expect(performance.now() - before).toBeLessThan(200)
  })

  it('pads by columns, not by characters', () => {
    expect(pad('日本', 6)).toBe('日本  ')
    expect(pad('7', 3, 'start')).toBe('  7')
    expect(pad('too long', 3)).toBe('too long')
  })
})
