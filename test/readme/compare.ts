type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Faults of a document as the page shows it, against the one that was written: the same keys in the same order and the
 * same kinds of values; rows of `statuses` are the same in everything but the stack. A page may show the beginning only: a
 * list shorter, the document without its last keys.
 */
export function compareDocument(shown: unknown, written: unknown): string[] {
  return compareValue(shown as Json, written as Json, '', false)
}

function compareValue(shown: Json, written: Json, at: string, exact: boolean): string[] {
  const kinds = [kindOf(shown), kindOf(written)]
  if (kinds[0] !== kinds[1]) return [`${at || 'the document'} is shown as ${kinds[0]}, was written as ${kinds[1]}`]
  if (Array.isArray(shown) && Array.isArray(written)) return compareList(shown, written, at, exact)
  if (typeof shown === 'object' && shown !== null) {
    return compareKeys(shown as Record<string, Json>, written as Record<string, Json>, at, exact)
  }
  return exact && shown !== written
    ? [`${at} is shown as ${JSON.stringify(shown)}, was ${JSON.stringify(written)}`]
    : []
}

function compareList(shown: readonly Json[], written: readonly Json[], at: string, exact: boolean): string[] {
  if (shown.length > written.length || (shown.length === 0 && written.length > 0)) {
    return [`${at} is shown with ${shown.length} elements, was written with ${written.length}`]
  }
  return shown.flatMap((value, index) => compareValue(value, written[index]!, `${at}[${index}]`, exact))
}

function compareKeys(shown: Record<string, Json>, written: Record<string, Json>, at: string, exact: boolean): string[] {
  const names = Object.keys(shown)
  const count = at === '' ? names.length : undefined
  const [shownKeys, writtenKeys] = [names.join(', '), Object.keys(written).slice(0, count).join(', ')]
  if (shownKeys !== writtenKeys)
    return [`${at || 'the document'} is shown with ${shownKeys}; was written with ${writtenKeys}`]
  return Object.entries(shown).flatMap(([key, value]) => {
    const below = at === '' ? key : `${at}.${key}`
    const isExact = key !== 'stacktrace' && (exact || at.startsWith('statuses['))
    return compareValue(value, written[key]!, below, isExact)
  })
}

const kindOf = (value: Json) => (value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value)

/**
 * Lines of a shown output that the real one does not have, in this order. Numbers, ids and the run of spaces and bars
 * beside them differ from run to run and count as equal; `…` stands for anything.
 */
export function compareOutput(shown: string, printed: string): string[] {
  const real = printed.split('\n').map(masked)
  let from = 0
  return shown
    .split('\n')
    .filter((line) => line.trim() !== '' && line.trim() !== '…')
    .flatMap((line) => {
      const pattern = new RegExp(`^${masked(line).split('…').map(escapeText).join('.*')}$`)
      const found = real.findIndex((text, index) => index >= from && pattern.test(text))
      if (found === -1) return [`no line is like: ${line.trim()}`]
      from = found + 1
      return []
    })
}

/** Text as a regular expression that matches it. */
export const escapeText = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

const masked = (line: string) =>
  line
    .replace(/\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/g, '#')
    .replace(/\d+([.,:]\d+)*\s?(ms|s|m|h|%)?(?![\w])/g, '#')
    .replace(/[\s█▏▎▍▌▋▊▉#.]+/g, ' ')
    .trim()
