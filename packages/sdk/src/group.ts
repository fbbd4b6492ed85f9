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
  /** The last thing that is no object and that a step failed with. */
  failure: Failure | undefined
}

/** Where an error was first seen in a run. */
export interface Failure {
  readonly error: unknown
  /** The step's name for people. */
  readonly step: string
  /** The integer it was recorded with; what fails by the same error repeats it. */
  readonly code: number
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

/** Where errors began, run by run: one error may fail two runs. What is passed on belongs to the innermost step. */
const origins = new WeakMap<object, WeakMap<Group, Failure>>()

/** Remembers that a step failed, unless a step inside it did so before by the same error. */
export function noteFailure(group: Group, failure: Failure): void {
  const { error } = failure
  if (findOrigin(group, error) !== undefined) return
  if (!isObject(error)) {
    group.failure = failure
    return
  }
  const runs = origins.get(error) ?? new WeakMap<Group, Failure>()
  origins.set(error, runs.set(group, failure))
}

/** Where this very error began in the run; undefined when no step of it failed by it. */
export function findOrigin(group: Group, error: unknown): Failure | undefined {
  if (isObject(error)) return origins.get(error)?.get(group)
  return group.failure !== undefined && Object.is(group.failure.error, error) ? group.failure : undefined
}

/** The step that a run's error, or the cause it was wrapped around, comes from. */
export function findFailedStep(group: Group, error: unknown): string | undefined {
  const own = findOrigin(group, error)
  if (own !== undefined || !isObject(error)) return own?.step
  const cause: unknown = Object.getOwnPropertyDescriptor(error, 'cause')?.value
  return isObject(cause) ? findOrigin(group, cause)?.step : undefined
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
