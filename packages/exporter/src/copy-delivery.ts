import type { Delivery } from './sink.js'

/** The same document once more: what a sink does to its own is seen by no other sink, and by no file. */
export function copyDelivery(delivery: Delivery): Delivery {
  return { ...delivery, document: copyJson(delivery.document) }
}

/** By hand: for what JSON can say it takes a fifth of the time that `structuredClone` does. */
function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyJson) as T
  const copy: Record<string, unknown> = {}
  for (const name in value) {
    // What a user calls so is a key like any other.
    if (name === '__proto__') Object.defineProperty(copy, name, { ...PLAIN, value: copyJson(value[name]) })
    else copy[name] = copyJson(value[name])
  }
  return copy as T
}

const PLAIN = { configurable: true, enumerable: true, writable: true }
