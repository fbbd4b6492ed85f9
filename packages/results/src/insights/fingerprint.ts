/** How much of a message is looked at, in UTF-16 code units. */
const MAX_MESSAGE = 500

// In this order: what is quoted may hold anything, a path may hold digits, an id is longer than a number.
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/"[^"\n]*"|`[^`\n]*`|(?<!\w)'[^'\n]*'(?!\w)|“[^”\n]*”|‘[^’\n]*’|«[^»\n]*»/g, '<value>'],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>()]+/gi, '<url>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/(?<![\w.@+~%<>-])(?:[a-z]:)?[\w.@+~%-]*(?:[\\/][\w.@+~%-]+)+[\\/]?(?::\d+)*/gi, '<path>'],
  [/\b0x[0-9a-f]+\b|\b[0-9a-f]{16,}\b|\b(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{6,}\b/gi, '<id>'],
  [/\b(?=\w*[0-9])(?=\w*[a-z])\w{16,}\b/gi, '<id>'],
  [/[+-]?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?/gi, '<n>'],
  [/\s+/g, ' '],
]

/** A message without what differs from one occurrence to the next: numbers, ids, paths, URLs and quoted values. */
export function maskMessage(message: string): string {
  let text = message.slice(0, MAX_MESSAGE).toWellFormed()
  for (const [pattern, mask] of MASKS) text = text.replace(pattern, mask)
  return text.trim()
}

/** What errors of one cause have in common: their type and their masked message. */
export function errorFingerprint(error: { type: string | null; message: string | null }): string {
  const type = (error.type ?? '').slice(0, MAX_MESSAGE).toWellFormed()
  const message = maskMessage(error.message ?? '')
  return type !== '' && message !== '' ? `${type}: ${message}` : type || message
}
