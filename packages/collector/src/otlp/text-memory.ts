/** Reads UTF-8 text; what is no UTF-8 becomes U+FFFD. `slot` says what the text is for. */
export type ReadText = (begin: number, end: number, slot: number) => string

/** Longer texts are rarely the same twice, and to compare them costs what it saves. */
const LONGEST = 96

/**
 * Makes a reader that remembers the last text of each slot: from span to span the mode, the title or the run key are
 * mostly the same, and to compare bytes is cheaper than to make a string.
 */
export function createTextMemory(bytes: Buffer, slots: number): ReadText {
  const lastBegin = new Int32Array(slots)
  const lastEnd = new Int32Array(slots)
  const lastText: string[] = new Array(slots).fill('')
  return (begin, end, slot) => {
    const length = end - begin
    const known = lastBegin[slot]!
    if (length === lastEnd[slot]! - known && length <= LONGEST && isSame(bytes, begin, known, length)) {
      return lastText[slot]!
    }
    const text = bytes.toString('utf8', begin, end)
    lastBegin[slot] = begin
    lastEnd[slot] = end
    lastText[slot] = text
    return text
  }
}

/** From the end: ids and numbers differ there first. */
function isSame(bytes: Buffer, one: number, other: number, length: number): boolean {
  for (let at = length - 1; at >= 0; at--) if (bytes[one + at] !== bytes[other + at]) return false
  return true
}
