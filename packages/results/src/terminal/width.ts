import { maskControls } from './mask.js'

const ASCII = /^[\x20-\x7e]*$/
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u
const ZERO = /^[\p{M}\p{Cf}\u1160-\u11ff]/u

// East Asian Wide and Fullwidth of Unicode 16 (UAX #11), in pairs of first and last; emoji are asked of the engine.
const WIDE: readonly number[] = [
  0x1100, 0x115f, 0x2329, 0x232a, 0x2e80, 0x303e, 0x3041, 0x3247, 0x3250, 0xa4cf, 0xa960, 0xa97f, 0xac00, 0xd7a3,
  0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x18cff, 0x1aff0, 0x1b2ff,
  0x1d300, 0x1d376, 0x1f200, 0x1f2ff, 0x20000, 0x3fffd,
]

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How many columns a terminal gives to a text without control characters; wide characters count two. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment)
  return width
}

/** Cuts a text at its end so that it takes at most `width` columns; `mark` stands where something was left out. */
export function cutEnd(text: string, width: number, mark = '…'): string {
  if (fits(text, width)) return text
  if (width <= mark.length) return mark.slice(0, Math.max(0, width))
  return `${head(text, width - mark.length).trimEnd()}${mark}`
}

/** Cuts a text in its middle, as an id wants it: its start and its end both tell it from others. */
export function cutMiddle(text: string, width: number, mark = '…'): string {
  if (fits(text, width)) return text
  const room = width - mark.length
  if (room < 2) return cutEnd(text, width, mark)
  const last = Math.floor(room / 2)
  return `${head(text, room - last)}${mark}${tail(text, last)}`
}

/** Fills a text with spaces up to `width` columns: behind it, or before it. */
export function pad(text: string, width: number, side: 'end' | 'start' = 'end'): string {
  const missing = width - textWidth(text)
  if (missing <= 0) return text
  return side === 'end' ? text + ' '.repeat(missing) : ' '.repeat(missing) + text
}

/**
 * Text from data made ready for one line of at most `width` columns: masked, then cut at its end. What could never be
 * shown is dropped before it is looked at, so a name of 10 MB costs no more than a short one.
 */
export function fitText(text: string, width: number, mark = '…'): string {
  if (!Number.isFinite(width)) return maskControls(text)
  return cutEnd(maskControls(text.slice(0, width * 8 + 64)), width, mark)
}

function fits(text: string, width: number): boolean {
  return text.length <= width / 2 || textWidth(text) <= width
}

function head(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, width)
  let used = 0
  for (const { segment, index } of graphemes.segment(text)) {
    used += graphemeWidth(segment)
    if (used > width) return text.slice(0, index)
  }
  return text
}

function tail(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(text.length - width)
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment)
  let used = 0
  let from = parts.length
  while (from > 0) {
    used += graphemeWidth(parts[from - 1]!)
    if (used > width) break
    from -= 1
  }
  return parts.slice(from).join('')
}

function graphemeWidth(grapheme: string): number {
  if (EMOJI.test(grapheme)) return 2
  if (ZERO.test(grapheme)) return 0
  return isWide(grapheme.codePointAt(0)!) ? 2 : 1
}

function isWide(codePoint: number): boolean {
  if (codePoint < 0x1100) return false
  for (let i = 0; i < WIDE.length; i += 2) {
    if (codePoint < WIDE[i]!) return false
    if (codePoint <= WIDE[i + 1]!) return true
  }
  return false
}
