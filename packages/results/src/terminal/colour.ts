import type { Outcome } from '../core/outcome.js'

/** The environment variables that a terminal program looks at; `process.env` fits. */
export type TerminalEnv = Readonly<Record<string, string | undefined>>

/** What the user asked for on the command line. */
export type ColourFlag = 'always' | 'never' | 'auto'

// The 16 colours every terminal has; the user's theme decides how they look.
const CODES = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, muted: 90, brightRed: 91 } as const

/** A colour that text can have. */
export type Colour = keyof typeof CODES

/** The colour of each outcome; it never stands alone, a glyph or a word is always beside it. */
export const OUTCOME_COLOURS = {
  queued: 'muted',
  running: 'blue',
  paused: 'cyan',
  success: 'green',
  failed: 'red',
  timed_out: 'brightRed',
  cancelled: 'muted',
  skipped: 'muted',
  retry: 'yellow',
  interrupted: 'magenta',
} as const satisfies Record<Outcome, Colour>

/**
 * Decides whether to write colours: the flag, then `FORCE_COLOR`, then `NO_COLOR`, then `TERM=dumb`, then whether the
 * output is a terminal.
 */
export function useColour(given: { flag?: ColourFlag; env: TerminalEnv; isTTY: boolean }): boolean {
  const { flag = 'auto', env, isTTY } = given
  if (flag !== 'auto') return flag === 'always'
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  if (env.NO_COLOR) return false
  if (env.TERM === 'dumb') return false
  return isTTY
}

/**
 * Decides whether glyphs beyond ASCII can be written. A locale that is named and is not UTF-8 says no; where none is
 * named, as in most containers, only the Linux console and a dumb terminal do.
 */
export function useUtf8(env: TerminalEnv): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (locale) return /utf-?8/i.test(locale)
  return env.TERM !== 'linux' && env.TERM !== 'dumb'
}

/** Puts a colour around a text, or gives it back as it is when colours are off. */
export function paint(text: string, colour: Colour, on: boolean): string {
  return on && text !== '' ? `\x1b[${CODES[colour]}m${text}\x1b[39m` : text
}
