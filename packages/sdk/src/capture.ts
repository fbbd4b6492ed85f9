import { types } from 'node:util'
import { isSecretKey, type Json, REDACTED, redactText, toText } from '@runspan/results/core'

const MAX_CAPTURE = 16_384
const MAX_DEPTH = 6
const MAX_ENTRIES = 100
const MAX_STRING = 2_048

/**
 * Inputs or outputs as JSON text of at most 16 kB. Looks at plain data only: no getter, `toJSON` or iterator of the
 * user's is run, no stream is read; what is no plain data is named by its type, what is secret is left out.
 */
export function captureText(value: unknown): string {
  const budget = { entries: 1_000 }
  // Each text in it was searched for secrets before it was cut; cutting the whole can bring none back.
  return toText(JSON.stringify(toPlain(value, MAX_DEPTH, budget, [])), MAX_CAPTURE)
}

function toPlain(value: unknown, depth: number, budget: { entries: number }, path: readonly object[]): Json {
  switch (typeof value) {
    case 'string':
      return redactText(value, MAX_STRING)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'bigint':
      return toText(value.toString(), MAX_STRING)
    case 'undefined':
      return null
    case 'object':
      return value === null ? null : toPlainObject(value, depth, budget, path)
    default:
      return `[${typeof value}]`
  }
}

function toPlainObject(value: object, depth: number, budget: { entries: number }, path: readonly object[]): Json {
  if (types.isProxy(value)) return '[proxy]'
  if (path.includes(value)) return '[circular]'
  const inner = [...path, value]
  if (Array.isArray(value)) {
    if (depth === 0) return `[array of ${value.length}]`
    const shown: Json[] = []
    for (let i = 0; i < value.length && i < MAX_ENTRIES && budget.entries > 0; i += 1) {
      budget.entries -= 1
      shown.push(toPlain(Object.getOwnPropertyDescriptor(value, i)?.value, depth - 1, budget, inner))
    }
    if (shown.length < value.length) shown.push(`[${value.length - shown.length} more]`)
    return shown
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (types.isDate(value)) return toIso(value)
  if (prototype !== null && prototype !== Object.prototype) return `[${nameOf(prototype)}]`
  if (depth === 0) return '[object]'
  const keys = Object.keys(value)
  const shown: Record<string, Json> = Object.create(null)
  let count = 0
  for (const key of keys) {
    if (count === MAX_ENTRIES || budget.entries <= 0) break
    count += 1
    budget.entries -= 1
    const property = Object.getOwnPropertyDescriptor(value, key)
    const name = redactText(key, 256)
    if (property?.get !== undefined) shown[name] = '[getter]'
    else if (isSecretKey(key) && !isHarmless(property?.value)) shown[name] = REDACTED
    else shown[name] = toPlain(property?.value, depth - 1, budget, inner)
  }
  if (count < keys.length) shown['…'] = `[${keys.length - count} more]`
  return shown
}

/** Whether a secret is set is none: `{ password: null }`. */
function isHarmless(value: unknown): boolean {
  return value === null || value === undefined || typeof value === 'boolean' || value === ''
}

function toIso(date: Date): string {
  const ms = Date.prototype.getTime.call(date)
  return Number.isNaN(ms) ? 'Invalid Date' : new Date(ms).toISOString()
}

function nameOf(prototype: unknown): string {
  const made = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  const name = typeof made === 'function' ? Object.getOwnPropertyDescriptor(made, 'name')?.value : undefined
  return typeof name === 'string' && name !== '' ? toText(name, 100) : 'object'
}
