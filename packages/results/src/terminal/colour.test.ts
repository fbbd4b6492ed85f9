import { describe, expect, it } from 'vitest'
import { OUTCOME_WORDS } from '../core/outcome.js'
import { formatClock } from './clock.js'
import { type ColourFlag, OUTCOME_COLOURS, paint, type TerminalEnv, useColour, useUtf8 } from './colour.js'
import { outcomeSign } from './row.js'

describe('useColour', () => {
  it.each<[string, { flag?: ColourFlag; env: TerminalEnv; isTTY: boolean }, boolean]>([
    ['a terminal has colours', { env: {}, isTTY: true }, true],
    ['a pipe has none', { env: {}, isTTY: false }, false],
    ['TERM=dumb takes them from a terminal', { env: { TERM: 'dumb' }, isTTY: true }, false],
    ['NO_COLOR takes them from a terminal', { env: { NO_COLOR: '1' }, isTTY: true }, false],
    ['an empty NO_COLOR says nothing', { env: { NO_COLOR: '' }, isTTY: true }, true],
    ['FORCE_COLOR beats NO_COLOR', { env: { FORCE_COLOR: '1', NO_COLOR: '1' }, isTTY: false }, true],
    ['FORCE_COLOR beats TERM=dumb', { env: { FORCE_COLOR: '', TERM: 'dumb' }, isTTY: false }, true],
    ['FORCE_COLOR=0 means none', { env: { FORCE_COLOR: '0' }, isTTY: true }, false],
    ['the flag beats all of them', { flag: 'always', env: { NO_COLOR: '1', FORCE_COLOR: '0' }, isTTY: false }, true],
    ['the flag beats all of them, the other way too', { flag: 'never', env: { FORCE_COLOR: '1' }, isTTY: true }, false],
    ['the flag auto leaves it to the rest', { flag: 'auto', env: {}, isTTY: true }, true],
  ])('%s', (_, given, answer) => {
    expect(useColour(given)).toBe(answer)
  })
})

describe('useUtf8', () => {
  it.each<[TerminalEnv, boolean]>([
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'C' }, false],
    [{ LC_ALL: 'C', LANG: 'en_US.utf8' }, false],
    [{ LC_CTYPE: 'en_US.utf8', LANG: 'C' }, true],
    [{}, true],
    [{ TERM: 'linux' }, false],
    [{ TERM: 'dumb' }, false],
  ])('of %j is %s', (env, answer) => {
    expect(useUtf8(env)).toBe(answer)
  })
})

describe('outcomeSign', () => {
  it('gives every outcome a glyph, or a word of five columns without UTF-8', () => {
    const plain = OUTCOME_WORDS.map((word) => outcomeSign(word, { width: 80, colour: false, utf8: true }))
    expect(plain.join('')).toBe('○●‖✓✗◷⊘»↻↯')
    const ascii = OUTCOME_WORDS.map((word) => outcomeSign(word, { width: 80, colour: false, utf8: false }))
    expect(ascii).toEqual(['WAIT ', 'RUN  ', 'PAUSE', 'ok   ', 'FAIL ', 'TIME ', 'CANC ', 'SKIP ', 'RETRY', 'INTR '])
  })

  it('adds a colour of the sixteen when colours are on', () => {
    expect(outcomeSign('failed', { width: 80, colour: true, utf8: true })).toBe('\x1b[31m✗\x1b[39m')
    expect(paint('', OUTCOME_COLOURS.failed, true)).toBe('')
  })
})

describe('formatClock', () => {
  it('shows the local time with its offset', () => {
    expect(formatClock('2025-11-20T10:03:10.123456789Z', 'Europe/Berlin')).toBe('20 Nov 11:03:10 +01:00')
    expect(formatClock('2025-09-05T23:03:10.000000000Z', 'UTC')).toBe('5 Sep 23:03:10 +00:00')
    expect(formatClock('never')).toBe('-')
  })
})
