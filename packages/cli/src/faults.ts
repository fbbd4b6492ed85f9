import { isResultsError, parseDocument, type ResultsError } from '@runspan/results'
import { findValue, placeOf, type TextPlace } from './json-place.js'

/** What is wrong with a document, and where. */
export interface Fault extends TextPlace {
  readonly path: string
  readonly expected: string
  readonly got: string
}

/** How many faults of a file are told; it is seldom more than one mistake. */
export const MAX_FAULTS = 20

/** How messages of the reader part what was found from what would have been well. */
const ALLOWED = '; allowed is '

const TIME = '2026-01-01T00:00:00.000000000Z'

/** Values of which one is well wherever the reader refuses something, whatever is to stand there. */
const FITTING = [
  ...['1', 0, null, false, [], 'success', 'step', 'process', TIME, 'runspan.document/1'],
  { run_id: '1', title: '', status: '', mode: '' },
] as const

/**
 * Everything that the reader of documents refuses in a text, at most {@link MAX_FAULTS} of it. The reader stops at the
 * first fault, so each one is mended in a copy, and the copy read again. Where no value can mend it, as for a part that
 * is missing, it is the last one that is told.
 */
export function findFaults(text: string): Fault[] {
  const faults: Fault[] = []
  let error = readFault(text)
  if (error === undefined) return []
  if (error.code === 'invalid_json') return [toFault(error, text)]
  const copy: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
  while (error !== undefined && faults.length < MAX_FAULTS) {
    const fault = toFault(error, text)
    // What is refused a second time is a value of ours.
    if (faults.some(({ path }) => path === fault.path)) break
    faults.push(fault)
    const mended = mend(copy, error)
    if (mended === 'cannot') break
    error = mended
  }
  return faults
}

function readFault(input: unknown): ResultsError | undefined {
  try {
    parseDocument(input)
    return undefined
  } catch (error) {
    if (isResultsError(error)) return error
    throw error
  }
}

/** Puts a value there that is well, and gives the next fault. */
function mend(copy: unknown, { path }: ResultsError): ResultsError | undefined | 'cannot' {
  const keys = toKeys(path ?? '$')
  const last = keys.pop()
  const around = keys.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    copy,
  ) as Record<PropertyKey, unknown> | undefined
  if (last === undefined || typeof around !== 'object' || around === null) return 'cannot'
  for (const value of FITTING) {
    around[last] = structuredClone(value)
    const next = readFault(copy)
    if (next === undefined || !isAtOrBelow(next.path ?? '$', path ?? '$')) return next
  }
  return 'cannot'
}

function isAtOrBelow(path: string, place: string): boolean {
  return path.startsWith(place) && /^($|[.[])/.test(path.slice(place.length))
}

function toKeys(path: string): PropertyKey[] {
  return [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index))
}

function toFault({ code, message, path }: ResultsError, text: string): Fault {
  const place = path ?? '$'
  const told = (message.startsWith(place) ? message.slice(place.length).trim() : message).replace(
    / Also refused: .*$/s,
    '',
  )
  if (code === 'invalid_json') {
    const got = told.replace(/^is no JSON text: /, '')
    return { ...placeOf(text, breakOf(message, text)), path: place, expected: 'JSON text', got }
  }
  const where = placeOf(text, findValue(text, place))
  const [found = '', expected] = told.split(ALLOWED)
  if (expected === undefined) return { ...where, path: place, expected: 'a document', got: told }
  const got = found === 'is missing' ? 'nothing' : found.replace(/^is /, '')
  return { ...where, path: place, expected: expected.replace(/\.$/, ''), got }
}

/** Where the engine says that a text stops being JSON; where it says nothing, the text just ends. */
function breakOf(message: string, text: string): number {
  const position = /at position (\d+)/.exec(message)?.[1]
  return position === undefined ? text.length : Number(position)
}
