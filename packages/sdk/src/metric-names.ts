/** The most names that one metric attribute has at a time. */
export const MAX_NAMES = 1_000
/** What stands for every name beyond. */
export const OTHER = 'other'
/** A name gives up its place for a new one after this many uses of other names. */
const IDLE_USES = 10_000

/**
 * A bounded vocabulary for a metric attribute: names stay themselves while there is room; beyond that a new one takes
 * the place of the one that was used longest ago, if that was long ago, or is `other`. So names that are made up on the
 * fly cannot make the number of time series grow without end.
 */
export function createNames(limit = MAX_NAMES, idleUses = IDLE_USES): (name: string) => string {
  const lastUse = new Map<string, number>()
  let uses = 0
  let nextSearch = 0
  return (name) => {
    uses += 1
    if (lastUse.has(name) || lastUse.size < limit) {
      lastUse.set(name, uses)
      return name
    }
    if (uses < nextSearch) return OTHER
    const [oldest, used] = longestUnused(lastUse)
    if (uses - used < idleUses) {
      // Until then no name can have become old enough: a flood of names is not answered by a search each.
      nextSearch = used + idleUses
      return OTHER
    }
    lastUse.delete(oldest)
    lastUse.set(name, uses)
    return name
  }
}

function longestUnused(lastUse: ReadonlyMap<string, number>): [string, number] {
  let oldest: [string, number] = ['', Number.POSITIVE_INFINITY]
  for (const entry of lastUse) if (entry[1] < oldest[1]) oldest = entry
  return oldest
}
