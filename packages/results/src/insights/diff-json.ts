import type { Json } from '../core/document.js'

/** One place where two JSON values differ. */
export interface JsonChange {
  /** Such as `$.rows[3].id`. */
  path: string
  /** The value as compact JSON, cut when long; null where there is none. */
  a: string | null
  b: string | null
}

/** Where two JSON values differ. */
export interface JsonDiff {
  changes: JsonChange[]
  /** How many more changes there were than are listed. */
  left_off: number
  /** False when the values were too large to compare in full: then there may be more changes than are counted. */
  complete: boolean
}

/** How much to compare and to list. */
export interface JsonDiffOptions {
  /**
   * The most changes that are listed; the others are counted.
   * @default 20
   */
  maxChanges?: number
  /**
   * The most pairs of values that are looked at; what lies beyond is taken for equal.
   * @default 100000
   */
  maxValues?: number
}

const MAX_SHOWN = 200
const MAX_PATH = 500

interface Pair {
  readonly path: string
  readonly a: Json | undefined
  readonly b: Json | undefined
}

/**
 * The places where two JSON values differ, in the order of the first and then of the second. The order of keys is no
 * difference; array items are compared by index. Any depth is well.
 */
export function diffJson(a: Json, b: Json, options: JsonDiffOptions = {}): JsonDiff {
  const maxChanges = options.maxChanges ?? 20
  let budget = options.maxValues ?? 100_000
  const diff: JsonDiff = { changes: [], left_off: 0, complete: true }
  const waiting: Pair[] = [{ path: '$', a, b }]
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    if (pair.a === pair.b) continue
    const below = pairsBelow(pair, budget)
    if (below === null) {
      if (diff.changes.length < maxChanges) diff.changes.push(toChange(pair))
      else diff.left_off += 1
      continue
    }
    if (below.length > budget) {
      diff.complete = false
      below.length = budget
    }
    budget -= below.length
    for (const next of below.reverse()) waiting.push(next)
  }
  return diff
}

/** The pairs of two arrays or two objects, at most one more than `limit`; null for values that have none. */
function pairsBelow({ path, a, b }: Pair, limit: number): Pair[] | null {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return null
  if (Array.isArray(a) !== Array.isArray(b)) return null
  const pairs: Pair[] = []
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.max(a.length, b.length)
    for (let i = 0; i < length && pairs.length <= limit; i += 1) pairs.push({ path: `${path}[${i}]`, a: a[i], b: b[i] })
    return pairs
  }
  const [left, right] = [a as { [key: string]: Json }, b as { [key: string]: Json }]
  for (const key of Object.keys(left)) {
    if (pairs.length > limit) return pairs
    pairs.push({ path: path + toStep(key), a: left[key], b: Object.hasOwn(right, key) ? right[key] : undefined })
  }
  for (const key of Object.keys(right)) {
    if (pairs.length > limit) return pairs
    if (!Object.hasOwn(left, key)) pairs.push({ path: path + toStep(key), a: undefined, b: right[key] })
  }
  return pairs
}

function toStep(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function toChange({ path, a, b }: Pair): JsonChange {
  return { path: path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path, a: show(a), b: show(b) }
}

/** Only a little of a large value is shown, and what is deep could not be written as a whole. */
function show(value: Json | undefined): string | null {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[… ${value.length}]`
  if (typeof value === 'object' && value !== null) {
    const { length } = Object.keys(value)
    return length === 0 ? '{}' : `{… ${length}}`
  }
  if (typeof value !== 'string') return JSON.stringify(value)
  return value.length > MAX_SHOWN ? `${JSON.stringify(value.slice(0, MAX_SHOWN))}…` : JSON.stringify(value)
}
