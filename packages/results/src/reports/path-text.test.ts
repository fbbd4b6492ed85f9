import { describe, expect, test } from 'vitest'
import { pathText } from './path-text.js'

describe('the text of a path', () => {
  test('tells repeated names apart, and loses its front when it is long', () => {
    expect(pathText(['load', 'read'], [1, 17])).toBe('load > read #17')
    const long = pathText(Array.from({ length: 1_000 }, (_, i) => `level ${i}`))
    expect(long.length).toBeLessThan(510)
    expect(long).toMatch(/^… > level \d+ > .* > level 999$/)
    expect(pathText([])).toBe('')
    expect(pathText(['', ' '])).toBe('(empty) > (empty)')
  })

  test('shows what a name hides, and cuts a name of 10 MB', () => {
    expect(pathText(['a\x1b[2J\nb'])).toBe('a\\x1b[2J\\x0ab')
    expect(pathText(['x'.repeat(10_000_000)])).toBe(`${'x'.repeat(199)}…`)
  })

  test('has no mark beyond ASCII when another is given', () => {
    const names = [...Array.from({ length: 200 }, (_, i) => `level ${i}`), 'x'.repeat(300)]
    expect(pathText(names, undefined, '...')).toMatch(/^\.\.\. > [\x20-\x7e]* > x{197}\.\.\.$/)
  })
})
