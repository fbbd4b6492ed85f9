/** A place in a text as editors count: from 1. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** The line and column of an offset; columns are characters, not bytes. */
export function placeOf(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset)
  const begin = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: [...before.slice(begin)].length + 1 }
}

/**
 * Where the value of a JSON path such as `$.statuses[3].title` stands in a text that is JSON. Of what is missing it is
 * where the nearest value around it begins; so it is of what stands in text within text.
 */
export function findValue(text: string, path: string): number {
  let at = skipSpace(text, text.startsWith('\ufeff') ? 1 : 0)
  for (const [, name, index] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)) {
    const inside = name === undefined ? findElement(text, at, Number(index)) : findMember(text, at, name)
    if (inside === undefined) return at
    at = inside
  }
  return at
}

/** Offsets of the members of an object, or of the elements of an array, with their names where they have any. */
function* walk(text: string, open: number): Generator<{ name: string | undefined; at: number }> {
  const isObject = text[open] === '{'
  if (!isObject && text[open] !== '[') return
  let at = skipSpace(text, open + 1)
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    let name: string | undefined
    if (isObject) {
      const end = skipValue(text, at)
      name = JSON.parse(text.slice(at, end)) as string
      at = skipSpace(text, skipSpace(text, end) + 1)
    }
    yield { name, at }
    at = skipSpace(text, skipValue(text, at))
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
}

/** Of a name that stands there twice the last one counts, as for `JSON.parse`. */
function findMember(text: string, open: number, name: string): number | undefined {
  if (text[open] !== '{') return undefined
  let found: number | undefined
  for (const member of walk(text, open)) if (member.name === name) found = member.at
  return found
}

function findElement(text: string, open: number, index: number): number | undefined {
  if (text[open] !== '[') return undefined
  let count = 0
  for (const { at } of walk(text, open)) {
    if (count === index) return at
    count += 1
  }
  return undefined
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] as string)) at += 1
  return at
}

/** The end of a value, without recursion: documents may nest deep. */
function skipValue(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at] as string
    if (letter === '"') {
      at = skipText(text, at) - 1
      if (depth === 0) return at + 1
    } else if (letter === '{' || letter === '[') depth += 1
    else if (letter === '}' || letter === ']') {
      if (depth === 0) return at
      depth -= 1
      if (depth === 0) return at + 1
    } else if (depth === 0 && ', \t\r\n'.includes(letter)) return at
  }
  return text.length
}

function skipText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return text.length
}
