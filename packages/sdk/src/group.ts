/** What the spans of one run, or of one step outside any run, share. */
export interface Group {
  /** The span id of the root. */
  readonly rootId: string
  /** The name of the workflow; empty for a step outside any run. */
  readonly workflow: string
  /** `<trace id>-<span id>` of the root. */
  readonly key: string
  readonly traceId: string
  readonly runId: string | undefined
  readonly mode: string | undefined
  /** Whether the conventions for CI/CD are to be followed too. */
  readonly cicd: boolean
  /** How many ordinals were given out; undefined in a process that has joined a run: its owner alone numbers. */
  ordinals: number | undefined
  /** The last thing that a step failed with, and the step's name for people. */
  failure: Failure | undefined
}

/** Where an error was first seen. */
export interface Failure {
  readonly error: unknown
  readonly step: string
}

/** The group of what nobody records. */
export const NO_GROUP: Group = {
  rootId: '',
  workflow: '',
  key: '',
  traceId: '',
  runId: undefined,
  mode: undefined,
  cicd: false,
  ordinals: 0,
  failure: undefined,
}

/** The next number in start order; undefined where this process does not number. */
export function nextOrdinal(group: Group): number | undefined {
  if (group.ordinals !== undefined) group.ordinals += 1
  return group.ordinals
}

/** The steps in which errors began; one that is passed on belongs to the innermost. */
const origins = new WeakMap<object, string>()

/** Remembers that a step failed with this error, unless a step inside it did so before. */
export function noteFailure(group: Group, error: unknown, step: string): void {
  if (isObject(error)) {
    if (!origins.has(error)) origins.set(error, step)
  } else if (group.failure === undefined || !Object.is(group.failure.error, error)) {
    group.failure = { error, step }
  }
}

/** The step that a run's error, or the cause it was wrapped around, comes from. */
export function findFailedStep(group: Group, error: unknown): string | undefined {
  if (!isObject(error)) return group.failure && Object.is(group.failure.error, error) ? group.failure.step : undefined
  const own = origins.get(error)
  if (own !== undefined) return own
  const cause: unknown = Object.getOwnPropertyDescriptor(error, 'cause')?.value
  return isObject(cause) ? origins.get(cause) : undefined
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
