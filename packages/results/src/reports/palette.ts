import type { Outcome } from '../core/outcome.js'

/**
 * The colour of each outcome, for text and bars, on the light and the dark ground of the HTML report: at least 4.7:1
 * as WCAG 2.2 reckons contrast. A colour never stands alone: the word and the glyph are beside it.
 */
export const PALETTE = {
  queued: { light: '#555e68', dark: '#9ea7b3' },
  running: { light: '#0860c4', dark: '#58a6ff' },
  paused: { light: '#0a6a72', dark: '#39c5cf' },
  success: { light: '#1a7a35', dark: '#3fb950' },
  failed: { light: '#c4202b', dark: '#ff7b72' },
  timed_out: { light: '#b04600', dark: '#f0883e' },
  cancelled: { light: '#555e68', dark: '#9ea7b3' },
  skipped: { light: '#5f6873', dark: '#939da8' },
  retry: { light: '#855900', dark: '#e3b341' },
  interrupted: { light: '#7d4ad8', dark: '#d2a8ff' },
} as const satisfies Record<Outcome, { light: string; dark: string }>

/** An outcome word as people read it. */
export function outcomeLabel(outcome: Outcome): string {
  return outcome.replace('_', ' ')
}
