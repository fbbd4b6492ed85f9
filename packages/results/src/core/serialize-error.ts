import { DEFAULT_ERROR_CODE, ERROR_CATEGORY, type ErrorCategory, VALIDATION_ERROR_CODE } from './error-code.js'
import { toText } from './limits.js'
import { redactText } from './redact.js'

/** What is known of a thrown value, as plain text and numbers. */
export interface SerializedError {
  /** Of low cardinality: the error's name, or the type of a thrown value that is no error. */
  readonly type: string
  readonly message: string
  /** With its causes and the members of an `AggregateError`; null when the value has none. */
  readonly stack: string | null
  readonly code: number
  readonly category: ErrorCategory
}

const MAX_MESSAGE = 8_192
const MAX_STACK = 32_768
const MAX_CAUSES = 8
const MAX_MEMBERS = 10
const MAX_TYPE = 100

/**
 * Describes whatever was thrown, without the secrets in it. Never throws, reads each property once, and looks at a
 * bounded part of it only.
 *
 * The code is, in this order: the error's own whole number `code`, `Math.abs(errno)`, an HTTP `status` or
 * `statusCode`, 400 for a validation error, else 500. The category follows from name and code; a step whose retries
 * are used up is `E005`, which only its caller knows.
 */
export function serializeError(thrown: unknown): SerializedError {
  const view = look(thrown)
  const code = view.get('code')
  const isInvalid = isValidation(view.type)
  return {
    type: view.type,
    message: redactText(view.message, MAX_MESSAGE),
    stack: view.stack === null ? null : redactText(stackWithCauses(view, view.stack), MAX_STACK),
    code: codeOf(view, code, isInvalid),
    category: categoryOf(view, code, isInvalid),
  }
}

interface View {
  readonly type: string
  readonly message: string
  readonly stack: string | null
  /** Reads a further property; each is asked for once. */
  readonly get: (name: string) => unknown
}

/** Reads properties without ever throwing, however hostile the object. */
function createGet(thrown: unknown): (name: string) => unknown {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) return () => undefined
  return (name) => {
    try {
      return (thrown as Record<string, unknown>)[name]
    } catch {
      // A getter or proxy that throws has nothing to tell; the error it hides in must still be described.
      return undefined
    }
  }
}

function look(thrown: unknown): View {
  const get = createGet(thrown)
  const [name, message, stack] = [get('name'), get('message'), get('stack')]
  const type = typeof name === 'string' && name !== '' ? toText(name, MAX_TYPE) : typeName(thrown, get)
  return {
    type,
    message: typeof message === 'string' ? message : preview(thrown),
    stack: typeof stack === 'string' && stack !== '' ? stack : null,
    get,
  }
}

function typeName(thrown: unknown, get: (name: string) => unknown): string {
  if (thrown === null) return 'null'
  if (typeof thrown !== 'object') return typeof thrown
  const name = createGet(get('constructor'))('name')
  return typeof name === 'string' && name !== '' ? toText(name, MAX_TYPE) : 'object'
}

/** The text of a thrown value that has no message. Objects show their plain data only; none of their code is run. */
function preview(thrown: unknown): string {
  switch (typeof thrown) {
    case 'string':
      return thrown
    case 'object':
      return thrown === null ? 'null' : previewObject(thrown)
    case 'function':
      return 'a function was thrown'
    default:
      return String(thrown)
  }
}

function previewObject(thrown: object): string {
  try {
    const shown = []
    for (const key of Object.keys(thrown).slice(0, MAX_MEMBERS)) {
      const value = Object.getOwnPropertyDescriptor(thrown, key)?.value
      if (typeof value === 'string') shown.push(`${key}: ${JSON.stringify(value.slice(0, 200))}`)
      else if (typeof value === 'number' || typeof value === 'boolean' || value === null) shown.push(`${key}: ${value}`)
    }
    return shown.length === 0 ? 'an object was thrown' : `{ ${shown.join(', ')} }`
  } catch {
    // A revoked or hostile proxy: that something was thrown is all there is to say.
    return 'an object was thrown'
  }
}

function stackWithCauses(view: View, stack: string): string {
  const [members, cause] = [view.get('errors'), view.get('cause')]
  if (members === undefined && (cause === undefined || cause === null)) return stack
  const parts = [stack]
  const seen = new Set<unknown>()
  const add = (heading: string, thrown: unknown): View => {
    const inner = look(thrown)
    parts.push(`${heading}: ${inner.stack ?? `${inner.type}: ${inner.message}`}`)
    return inner
  }
  if (isArray(members)) {
    const count = createGet(members)('length') as number
    for (let i = 0; i < Math.min(count, MAX_MEMBERS); i += 1)
      add(`Member ${i + 1} of ${count}`, createGet(members)(String(i)))
    if (count > MAX_MEMBERS) parts.push(`${count - MAX_MEMBERS} more members`)
  }
  let at = cause
  for (let depth = 0; at !== undefined && at !== null && !seen.has(at); depth += 1) {
    if (depth === MAX_CAUSES) {
      parts.push('more causes')
      break
    }
    seen.add(at)
    at = add('Caused by', at).get('cause')
  }
  return parts.join('\n')
}

function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value)
  } catch {
    // Array.isArray throws for a revoked proxy, which is no list of errors.
    return false
  }
}

function codeOf(view: View, code: unknown, isInvalid: boolean): number {
  if (Number.isSafeInteger(code) && !isDomException(view)) return code as number
  const errno = view.get('errno')
  if (Number.isSafeInteger(errno) && errno !== 0) return Math.abs(errno as number)
  for (const name of ['status', 'statusCode']) {
    const status = view.get(name)
    if (Number.isInteger(status) && (status as number) >= 100 && (status as number) <= 599) return status as number
  }
  return isInvalid ? VALIDATION_ERROR_CODE : DEFAULT_ERROR_CODE
}

function categoryOf(view: View, code: unknown, isInvalid: boolean): ErrorCategory {
  if (view.type === 'TimeoutError' || code === 'ETIMEDOUT') return ERROR_CATEGORY.timeout
  if (isInvalid) return ERROR_CATEGORY.validation
  if (view.type === 'AbortError') return ERROR_CATEGORY.cancelled
  return isDatabase(view, code) ? ERROR_CATEGORY.database : ERROR_CATEGORY.execution
}

/** The numbers of a DOMException are a list from before its names; they say nothing to a reader of today. */
function isDomException(view: View): boolean {
  return view.type.endsWith('Error') && Number.isInteger(view.get('ABORT_ERR'))
}

function isValidation(type: string): boolean {
  return type !== 'Error' && /validation|^zoderror$/i.test(type)
}

/** PostgreSQL's drivers carry a SQLSTATE beside a severity, the others a code with their name. */
function isDatabase(view: View, code: unknown): boolean {
  if (typeof code !== 'string') return false
  return /^(SQLITE_|ER_|ORA-)/.test(code) || (/^[0-9A-Z]{5}$/.test(code) && view.get('severity') !== undefined)
}
