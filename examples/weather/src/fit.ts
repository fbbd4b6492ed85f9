import { factLines } from '@runspan/results/terminal'

/** Room for values below which they stand under their names. */
const MIN_ROOM = 30

/**
 * Facts within the width of a window: a value that is longer goes on under where it began, in a narrow window under its
 * name. It breaks between words only, so that a path or an id can be copied.
 */
export function fitFacts(facts: readonly (readonly [string, string])[], width: number): string[] {
  const lines = factLines(facts)
  if (lines.every((line) => line.length <= width)) return lines
  const indent = Math.max(...facts.map(([name]) => name.length)) + 2
  return width - indent < MIN_ROOM
    ? facts.flatMap(([name, value]) => [name, ...wrap(value, width, '  ')])
    : facts.flatMap(([name, value]) => {
        const [first = '', ...rest] = wrap(value, width, ' '.repeat(indent))
        return [name.padEnd(indent) + first.trimStart(), ...rest]
      })
}

function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = ''
    }
    line += (line === '' ? '' : ' ') + word
  }
  return [...lines, indent + line]
}
