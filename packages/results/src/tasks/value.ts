/** A copy that nobody can change: arrays and plain objects at any depth; anything else stays the same reference. */
export function freezeCopy(value: unknown): unknown {
  if (!isContainer(value)) return value
  const copies = new Map<object, object>()
  const root = emptyLike(value)
  copies.set(value, root)
  const waiting: [source: object, copy: object][] = [[value, root]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [source, copy] = next
    for (const key of Object.keys(source)) {
      const item = (source as Record<string, unknown>)[key]
      if (!isContainer(item)) {
        define(copy, key, item)
        continue
      }
      const known = copies.get(item)
      const inner = known ?? emptyLike(item)
      if (known === undefined) {
        copies.set(item, inner)
        waiting.push([item, inner])
      }
      define(copy, key, inner)
    }
  }
  for (const copy of copies.values()) Object.freeze(copy)
  return root
}

/** True when two values say the same: arrays and plain objects by what they hold, dates by their time. */
export function isSameValue(a: unknown, b: unknown): boolean {
  const waiting: [unknown, unknown][] = [[a, b]]
  const compared = new Map<object, Set<object>>()
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const [x, y] = pair
    if (Object.is(x, y) || (x === 0 && y === 0)) continue
    if (x instanceof Date && y instanceof Date && Object.is(x.getTime(), y.getTime())) continue
    if (!isContainer(x) || !isContainer(y) || Array.isArray(x) !== Array.isArray(y)) return false
    // A pair that was met before is already being compared: this is how two circles can be equal.
    const met = compared.get(x) ?? new Set()
    if (met.has(y)) continue
    compared.set(x, met.add(y))
    const keys = Object.keys(x)
    if (keys.length !== Object.keys(y).length) return false
    if (Array.isArray(x) && Array.isArray(y) && x.length !== y.length) return false
    for (const key of keys) {
      if (!Object.hasOwn(y, key)) return false
      waiting.push([(x as Record<string, unknown>)[key], (y as Record<string, unknown>)[key]])
    }
  }
  return true
}

function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function emptyLike(value: object): object {
  return Array.isArray(value) ? new Array(value.length) : {}
}

function define(target: object, key: string, value: unknown): void {
  // Plain assignment would make a key named __proto__ the prototype.
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
