/** The longest text, in UTF-16 code units, that one attribute of a record keeps. */
export const MAX_TEXT = 65_536

/** What stands at the end of a text that was cut. */
export const CUT_MARK = '… [cut]'

/**
 * Makes a text fit for every road: lone surrogates become U+FFFD, and what is longer than `limit`
 * UTF-16 code units is cut, never through a surrogate pair, and ends with {@link CUT_MARK}.
 */
export function toText(value: string, limit = MAX_TEXT): string {
  if (value.length <= limit) return value.isWellFormed() ? value : value.toWellFormed()
  let end = limit - CUT_MARK.length
  const last = value.charCodeAt(end - 1)
  if (last >= 0xd800 && last <= 0xdbff) end -= 1
  return `${value.slice(0, end).toWellFormed()}${CUT_MARK}`
}
