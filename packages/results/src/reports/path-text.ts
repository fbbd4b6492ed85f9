import { fitText } from '../terminal/width.js'

/** What stands for a name or message without any text in it. */
export const NO_TEXT = '(empty)'

/** The longest name that reports show in full, in columns. */
export const MAX_NAME = 200

const MAX_PATH = 500

/**
 * The names of a path as one safe text, `load > insert #2`, shortened at its front when it is long; `mark` stands where
 * something was left out.
 */
export function pathText(path: readonly string[], occurrences?: readonly number[], mark = '…'): string {
  const shown: string[] = []
  let length = 0
  for (let i = path.length - 1; i >= 0; i -= 1) {
    const nth = occurrences?.[i] ?? 1
    const name = (fitText(path[i] as string, MAX_NAME, mark).trim() || NO_TEXT) + (nth > 1 ? ` #${nth}` : '')
    length += name.length + 3
    if (length > MAX_PATH && shown.length > 0) {
      shown.push(mark)
      break
    }
    shown.push(name)
  }
  return shown.reverse().join(' > ')
}
