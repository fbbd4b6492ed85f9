import { toText } from '../core/limits.js'
import { keptText, MAX_KEPT } from './kept-text.js'

/** Counts texts, up to a number of different ones. */
export interface Counter {
  count(text: string): void
  /** The counts, in the order in which the texts first came. */
  toRecord(): Record<string, number>
  /** How many were not counted because there were too many different ones. */
  leftOut(): number
}

/** How many different texts one counter keeps. */
export const MAX_DISTINCT = 10_000

// An object moves keys that look like numbers to its front; where first-seen order matters it is remembered here.
const firstSeen = new WeakMap<object, [string, number][]>()

/** Makes an empty counter. */
export function createCounter(): Counter {
  const counts = new Map<string, number>()
  let left = 0
  return {
    count(text) {
      const key = toText(text, MAX_KEPT)
      const known = counts.get(key)
      if (known !== undefined) counts.set(key, known + 1)
      else if (counts.size < MAX_DISTINCT) counts.set(keptText(key), 1)
      else left += 1
    },
    toRecord() {
      const entries = [...counts]
      // Unlike an assignment, this makes `__proto__` a key like any other.
      const record = Object.fromEntries(entries)
      firstSeen.set(record, entries)
      return record
    },
    leftOut: () => left,
  }
}

/** The counts by size, the greatest first, equal ones in first-seen order. */
export function byCount(record: Readonly<Record<string, number>>): [string, number][] {
  const entries = firstSeen.get(record) ?? Object.entries(record)
  return [...entries].sort(([, a], [, b]) => b - a)
}
