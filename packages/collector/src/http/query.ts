import { isOutcome, OUTCOME_WORDS } from '@runspan/results/core'
import type { RunQuery } from '../store/run-store.js'
import { HttpFault } from './fault.js'

/** How many runs one page may have. */
export const PAGE_SIZES = [50, 100, 200] as const

/** The parameters of `GET /api/runs`. */
export const LIST_PARAMETERS = ['limit', 'before', 'workflow', 'outcome', 'run', 'q'] as const

/** Reads the query of the list. @throws HttpFault 400 that names what is allowed. */
export function parseRunQuery(search: URLSearchParams): RunQuery {
  const given = parseParameters(search, LIST_PARAMETERS)
  const limit = given.limit === undefined ? PAGE_SIZES[0] : PAGE_SIZES.find((size) => String(size) === given.limit)
  if (limit === undefined) throw wrong('limit', given.limit, PAGE_SIZES.join(', '))
  if (given.outcome !== undefined && !isOutcome(given.outcome)) {
    throw wrong('outcome', given.outcome, OUTCOME_WORDS.join(', '))
  }
  const { workflow, outcome, run } = given
  return { limit, workflow, outcome, run, q: given.q?.trim() || undefined, before: parsePlace(given.before) }
}

/** The parameters of `GET /api/runs/{id}/document`. */
export function parseFlags<Name extends string>(
  search: URLSearchParams,
  names: readonly Name[],
): Record<Name, boolean> {
  const given = parseParameters(search, names)
  const flags = {} as Record<Name, boolean>
  for (const name of names) {
    const value = given[name] ?? '0'
    if (value !== '0' && value !== '1') throw wrong(name, value, '0, 1')
    flags[name] = value === '1'
  }
  return flags
}

/** A place in the list, as text for the next request. */
export function toPlaceText(place: { start: string; key: string }): string {
  return `${place.start}.${place.key}`
}

function parsePlace(text: string | undefined): RunQuery['before'] {
  if (text === undefined) return undefined
  const match = /^(\d{20})\.([0-9a-f]{32}-[0-9a-f]{16})$/.exec(text)
  if (match === null) throw wrong('before', text, 'the "next" of an earlier page')
  return { start: match[1]!, key: match[2]! }
}

function parseParameters<Name extends string>(
  search: URLSearchParams,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {}
  for (const [name, value] of search) {
    const known = names.find((candidate) => candidate === name)
    if (known === undefined) {
      const allowed = names.length === 0 ? 'none is' : `allowed are ${names.join(', ')}`
      throw new HttpFault(400, `There is no parameter ${shown(name)}; ${allowed}.`)
    }
    if (given[known] !== undefined) throw new HttpFault(400, `The parameter "${known}" is given twice; give it once.`)
    given[known] = value
  }
  return given
}

function wrong(name: string, value: string | undefined, allowed: string): HttpFault {
  return new HttpFault(400, `The parameter "${name}" is ${shown(value ?? '')}; allowed: ${allowed}.`)
}

function shown(text: string): string {
  return JSON.stringify(text.toWellFormed().slice(0, 80))
}
