import { expect, test } from 'vitest'
import { OUTCOME_WORDS } from '../core/outcome.js'
import { STYLE } from './html-style.js'
import { PALETTE } from './palette.js'

const GROUNDS = { light: ['#ffffff', '#f6f8fa', '#e7f2fd'], dark: ['#0d1117', '#161b22', '#14293f'] } as const

test.each(OUTCOME_WORDS)('the colour of %s can be read on every ground, light and dark', (word) => {
  for (const theme of ['light', 'dark'] as const) {
    for (const ground of GROUNDS[theme]) expect(contrast(PALETTE[word][theme], ground)).toBeGreaterThanOrEqual(4.7)
    expect(STYLE).toContain(`--${word}:${PALETTE[word][theme]}`)
  }
})

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
