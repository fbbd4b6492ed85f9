// C0 and C1 controls, DEL, what turns or hides text (bidi controls, zero-width space, line
// separators, BOM), lone surrogates. The two joiners stay: emoji and some scripts are written with them.
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]|\p{Surrogate}/gu
const HIDDEN_BUT_LINES =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]|\p{Surrogate}/gu

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Text in one line in which nothing is hidden: control and bidi characters and lone surrogates are shown as `\n`,
 * `\x1b` or `\u202e`, so that a name can neither forge a line nor turn the text around it.
 */
export function visibleLine(text: string): string {
  return text.replace(HIDDEN, show)
}

/** The same for text of many lines: line feeds and tabs stay, CR LF becomes LF. */
export function visibleLines(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(HIDDEN_BUT_LINES, show)
}

/** Cuts text that is longer than `max` UTF-16 code units, never through a surrogate pair; `…` stands for the rest. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text
  const end = /[\ud800-\udbff]/.test(text[max - 2] ?? '') ? max - 2 : max - 1
  return `${text.slice(0, Math.max(0, end))}…`
}

/** The names of a path as one visible text, `load > insert`, shortened at its front when it is long. */
export function pathText(path: readonly string[], occurrences?: readonly number[]): string {
  const shown: string[] = []
  let length = 0
  for (let i = path.length - 1; i >= 0; i -= 1) {
    const nth = occurrences?.[i] ?? 1
    const name = (visibleLine(cutText(path[i] as string, MAX_NAME)).trim() || NO_TEXT) + (nth > 1 ? ` #${nth}` : '')
    length += name.length + 3
    if (length > MAX_PATH && shown.length > 0) {
      shown.push('…')
      break
    }
    shown.push(name)
  }
  return shown.reverse().join(' > ')
}

/** What stands for a name or message without any text in it. */
export const NO_TEXT = '(empty)'

/** The longest name that reports show in full, in UTF-16 code units. */
export const MAX_NAME = 200

const MAX_PATH = 500

function show(character: string): string {
  const named = NAMED[character]
  if (named !== undefined) return named
  const code = character.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
