/** How deep captured data may nest; deeper, programs that read documents by recursion would fail. */
export const MAX_JSON_DEPTH = 1_000

/** True for what JSON can carry: no NaN, no function, no circle, no class with a life of its own. */
export function isJson(value: unknown): boolean {
  const open = new Set<object>()
  const done = new Set<object>()
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const at = waiting.pop()
    if (at instanceof Leave) {
      open.delete(at.node)
      done.add(at.node)
      continue
    }
    if (isScalar(at)) continue
    if (typeof at !== 'object' || at === null || open.has(at) || open.size === MAX_JSON_DEPTH) return false
    if (done.has(at)) continue
    if (!Array.isArray(at) && !isPlain(at)) return false
    open.add(at)
    waiting.push(new Leave(at))
    for (const child of Array.isArray(at) ? at : Object.values(at)) waiting.push(child)
  }
  return true
}

/** Stands below an object's children on the stack: when it is reached, they have all been looked at. */
class Leave {
  readonly node: object

  constructor(node: object) {
    this.node = node
  }
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
