import { toOrdinalId } from '@runspan/results/core'
import type { Group, Origin } from './group.js'

interface Failure extends Origin {
  readonly group: Group
  /** The same error may fail two runs. */
  readonly next: Failure | undefined
}

function Given(given: object): object {
  return given
}

/**
 * Gives an error a private field: nobody can see it, and it goes with the error. A WeakMap would do the same, and cost a
 * tenth of a failing step: the collector is slow with keys that die young.
 */
class Marked extends (Given as unknown as new (given: object) => object) {
  #failure: Failure | undefined

  static get(error: object): Failure | undefined {
    return #failure in error ? error.#failure : undefined
  }

  /** False for an object that takes no new field, as a later version of the language may have it for frozen ones. */
  static set(error: object, failure: Failure): boolean {
    try {
      const marked = #failure in error ? error : new Marked(error)
      marked.#failure = failure
      return true
    } catch {
      // The caller has another place to remember it.
      return false
    }
  }
}

/** Remembers that a step failed, unless a step inside it did so before by the same error. */
export function noteFailure(group: Group, error: unknown, { target, ordinal, code }: Origin): void {
  if (findOrigin(group, error) !== undefined) return
  if (isObject(error) && Marked.set(error, { target, ordinal, code, group, next: Marked.get(error) })) return
  group.failure = { error, target, ordinal, code }
}

/** Where this very error began in the run; undefined when no step of it failed by it. */
export function findOrigin(group: Group, error: unknown): Origin | undefined {
  const { failure } = group
  if (failure !== undefined && Object.is(failure.error, error)) return failure
  let at = isObject(error) ? Marked.get(error) : undefined
  while (at !== undefined && at.group !== group) at = at.next
  return at
}

/** Names the step, for people, that a run's error, or the cause it was wrapped around, comes from. */
export function nameFailedStep(group: Group, error: unknown): string | undefined {
  const own = findOrigin(group, error)
  const cause: unknown =
    own === undefined && isObject(error) ? Object.getOwnPropertyDescriptor(error, 'cause')?.value : undefined
  const origin = isObject(cause) ? findOrigin(group, cause) : own
  if (origin === undefined) return undefined
  const { target, ordinal } = origin
  const number = target.id ?? (ordinal === undefined ? undefined : toOrdinalId(ordinal))
  return `'${target.title ?? target.name}'${number === undefined ? '' : ` (${number})`}`
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
