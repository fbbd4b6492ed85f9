import type { NamePath } from './walk.js'

/** What is kept for one workflow, or for one step name path in it. */
export interface PathEntry<T> extends NamePath {
  readonly above: PathEntry<T> | null
  readonly below: Map<string, PathEntry<T>>
  readonly value: T
}

/** A bounded table by workflow and step name path. */
export interface PathTable<T> {
  /** The entry for a name below another (null: a workflow); null when the table is full, which is counted. */
  enter(above: PathEntry<T> | null, name: string): PathEntry<T> | null
  /** Every workflow, in the order in which they were first seen. */
  workflows(): Iterable<PathEntry<T>>
  /** Every entry below a workflow, from the top down. */
  below(workflow: PathEntry<T>): Iterable<PathEntry<T>>
  /** How many times there was no place. */
  readonly leftOff: number
}

/** How many workflows and step name paths together are told apart, unless the caller says otherwise. */
export const MAX_PATHS = 2_000

/** A table that holds at most `limit` entries, each with a value of its own. */
export function createPathTable<T>(limit: number, create: () => T): PathTable<T> {
  const workflows = new Map<string, PathEntry<T>>()
  let size = 0
  let leftOff = 0
  return {
    enter(above, name) {
      const siblings = above === null ? workflows : above.below
      const known = siblings.get(name)
      if (known !== undefined) return known
      if (size >= limit) {
        leftOff += 1
        return null
      }
      size += 1
      const entry: PathEntry<T> = { name, above, below: new Map(), value: create() }
      siblings.set(name, entry)
      return entry
    },
    workflows: () => workflows.values(),
    *below(workflow) {
      const waiting = [...workflow.below.values()].reverse()
      for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
        yield entry
        for (const next of [...entry.below.values()].reverse()) waiting.push(next)
      }
    },
    get leftOff() {
      return leftOff
    },
  }
}

/** The step names of an entry, without its workflow. */
export function stepNames(entry: PathEntry<unknown>): string[] {
  const names: string[] = []
  for (let at: PathEntry<unknown> = entry; at.above !== null; at = at.above) names.push(at.name)
  return names.reverse()
}
