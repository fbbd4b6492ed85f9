import * as types from 'node:util/types'
import { isSecretKey, REDACTED, redactText, toText } from '@runspan/results/core'

const MAX_CAPTURE = 16_384
const MAX_DEPTH = 6
const MAX_ENTRIES = 100
const MAX_ALL = 1_000
const MAX_STRING = 2_048
const MAX_KEY = 256

/** How far one value has been looked at: {@link captureText} ends, whatever it is given. */
interface Search {
  entries: number
  /** The objects around what is looked at now. */
  readonly path: object[]
}

/**
 * Inputs or outputs as JSON text of at most 16 kB. Looks at plain data only: no getter, `toJSON` or iterator of the
 * user's is run, no stream is read; what is no plain data is named by its type, what is secret is left out.
 */
export function captureText(value: unknown): string {
  // Each text in it was searched for secrets before it was cut; cutting the whole can bring none back.
  return toText(toJson(value, { entries: MAX_ALL, path: [] }), MAX_CAPTURE)
}

/** The same of the arguments of a call, as they were gathered for it. */
export function captureArguments(args: readonly unknown[]): string {
  return toText(`[${listToJson(args, { entries: MAX_ALL, path: [args] }, true)}]`, MAX_CAPTURE)
}

function toJson(value: unknown, search: Search): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(redactText(value, MAX_STRING))
    case 'number':
      return Number.isFinite(value) ? `${value}` : `"${value}"`
    case 'boolean':
      return `${value}`
    case 'bigint':
      return `"${toText(`${value}`, MAX_STRING)}"`
    case 'undefined':
      return 'null'
    case 'object':
      return value === null ? 'null' : objectToJson(value, search)
    default:
      return `"[${typeof value}]"`
  }
}

function objectToJson(value: object, search: Search): string {
  const { path } = search
  if (types.isProxy(value)) return '"[proxy]"'
  if (path.includes(value)) return '"[circular]"'
  const isList = Array.isArray(value)
  if (!isList) {
    if (types.isDate(value)) return `"${toIso(value)}"`
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype) return JSON.stringify(`[${nameOf(prototype)}]`)
  }
  if (path.length === MAX_DEPTH) return isList ? `"[array of ${value.length}]"` : '"[object]"'
  path.push(value)
  const json = isList ? `[${listToJson(value, search)}]` : `{${fieldsToJson(value, search)}}`
  path.pop()
  return json
}

/** @param isOurs when nobody else has the list, and no getter can be in it. */
function listToJson(value: readonly unknown[], search: Search, isOurs = false): string {
  let shown = ''
  let count = 0
  for (; count < value.length && count < MAX_ENTRIES && search.entries > 0; count += 1) {
    search.entries -= 1
    const item = isOurs ? value[count] : Object.getOwnPropertyDescriptor(value, count)?.value
    shown += `${count === 0 ? '' : ','}${toJson(item, search)}`
  }
  return count < value.length ? `${shown}${count === 0 ? '' : ','}"[${value.length - count} more]"` : shown
}

function fieldsToJson(value: object, search: Search): string {
  const keys = Object.keys(value)
  let shown = ''
  let count = 0
  for (const key of keys) {
    if (count === MAX_ENTRIES || search.entries <= 0) break
    search.entries -= 1
    const property = Object.getOwnPropertyDescriptor(value, key)
    const isSecret = isSecretKey(key) && !isHarmless(property?.value)
    const field =
      property?.get !== undefined ? '"[getter]"' : isSecret ? `"${REDACTED}"` : toJson(property?.value, search)
    shown += `${count === 0 ? '' : ','}${JSON.stringify(redactText(key, MAX_KEY))}:${field}`
    count += 1
  }
  return count < keys.length ? `${shown}${count === 0 ? '' : ','}"…":"[${keys.length - count} more]"` : shown
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
