import type { StepNode } from '../core/document.js'

/** A step of the one run and its counterpart in the other. */
export interface StepPair {
  readonly name: string
  /** Which of the steps of this name below the same pair, from 1, in the order of their ordinals. */
  readonly occurrence: number
  readonly above: StepPair | null
  readonly a: StepNode | null
  readonly b: StepNode | null
  /** True when a step below differs; set by who compares. */
  differsBelow: boolean
}

/**
 * Pairs the steps of two runs by name and occurrence, level by level, so that the steps below a pair are paired only
 * with each other. From the top down; what only one run has stands where it would have stood in the other.
 */
export function pairSteps(a: readonly StepNode[], b: readonly StepNode[]): StepPair[] {
  const found: StepPair[] = []
  const waiting = pairLevel(null, a, b).reverse()
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    found.push(pair)
    const below = pairLevel(pair, pair.a?.steps ?? [], pair.b?.steps ?? [])
    for (const next of below.reverse()) waiting.push(next)
  }
  return found
}

function pairLevel(above: StepPair | null, a: readonly StepNode[], b: readonly StepNode[]): StepPair[] {
  const left = byName(a)
  const right = byName(b)
  const pairs: { pair: StepPair; place: number }[] = []
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [mine, theirs] = [left.get(name) ?? [], right.get(name) ?? []]
    for (let i = 0; i < Math.max(mine.length, theirs.length); i += 1) {
      const [x, y] = [mine[i] ?? null, theirs[i] ?? null]
      // The place in the middle of both runs: it is the same, whichever of the two is called the first.
      const place = (x ?? (y as Placed)).index + (y ?? (x as Placed)).index
      const pair = { name, occurrence: i + 1, above, a: x?.step ?? null, b: y?.step ?? null, differsBelow: false }
      pairs.push({ pair, place })
    }
  }
  pairs.sort((x, y) => x.place - y.place || compareNames(x.pair, y.pair))
  return pairs.map(({ pair }) => pair)
}

interface Placed {
  readonly step: StepNode
  readonly index: number
}

function byName(steps: readonly StepNode[]): Map<string, Placed[]> {
  const groups = new Map<string, Placed[]>()
  const ordered = [...steps].sort((x, y) => (x.ordinal ?? Number.MAX_VALUE) - (y.ordinal ?? Number.MAX_VALUE))
  for (const [index, step] of ordered.entries()) {
    const group = groups.get(step.name)
    if (group === undefined) groups.set(step.name, [{ step, index }])
    else group.push({ step, index })
  }
  return groups
}

function compareNames(x: StepPair, y: StepPair): number {
  return x.name < y.name ? -1 : x.name > y.name ? 1 : x.occurrence - y.occurrence
}
