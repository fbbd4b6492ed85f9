import { type SpanRecord, toRunKey } from '@runspan/results/core'

/** Steps that name no run, and whose parent was not seen yet. */
export interface Keyless {
  add(record: SpanRecord): void
  /** The ones directly below a span, given as its run key would be; they are no longer kept then. */
  takeBelow(parent: string): readonly SpanRecord[]
  /** The ones whose parent is not among them. */
  outermost(): readonly SpanRecord[]
  all(): readonly SpanRecord[]
  size(): number
}

/** Begins to keep steps that name no run; each is looked at once when its parent comes. */
export function createKeyless(): Keyless {
  const byParent = new Map<string, SpanRecord[]>()
  let size = 0
  const all = () => [...byParent.values()].flat()
  return {
    all,
    add(record) {
      const parent = parentOf(record)
      const siblings = byParent.get(parent)
      if (siblings === undefined) byParent.set(parent, [record])
      else siblings.push(record)
      size += 1
    },
    takeBelow(parent) {
      if (size === 0) return []
      const below = byParent.get(parent) ?? []
      byParent.delete(parent)
      size -= below.length
      return below
    },
    outermost() {
      const known = new Set(all().map(toRunKey))
      return all().filter((record) => !known.has(parentOf(record)))
    },
    size: () => size,
  }
}

function parentOf({ traceId, parentSpanId }: SpanRecord): string {
  return toRunKey({ traceId, spanId: parentSpanId ?? '' })
}
