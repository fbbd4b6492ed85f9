import { quote } from '@runspan/results/core'

/** A name further away than this is another word, no slip of the finger. */
const MAX_DISTANCE = 3

/** Says of every option that there is none of that name, and which one was likely meant. */
export function checkOptions(options: object, known: readonly string[], say: (message: string) => void): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const nearest = nearestName(name, known)
    const advice = nearest === undefined ? `there are ${known.join(', ')}.` : `did you mean ${nearest}?`
    say(`startRunspan() has no option ${quote(name)}; ${advice} It is ignored.`)
  }
}

function nearestName(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((one) => ({ one, steps: distance(name.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps)
  return best !== undefined && best.steps <= Math.min(MAX_DISTANCE, name.length / 2) ? best.one : undefined
}

/** How many letters must be put in, taken out or replaced to make one word of another. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1]
    for (const [at, other] of [...to].entries()) {
      next.push(Math.min((row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1, (row[at] ?? 0) + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row[to.length] ?? 0
}
