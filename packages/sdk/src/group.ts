import type { Target } from './target.js'

/** The step, or run inside a run, that was the first of its run to fail by an error. */
export interface Origin {
  readonly target: Target
  readonly ordinal: number | undefined
  /** The integer it was recorded with; what fails by the same error repeats it. */
  readonly code: number
}

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
  /** What a step failed with last that could not be marked, such as a text. */
  failure: (Origin & { readonly error: unknown }) | undefined
  /** Calls that have returned something whose end is waited for, and what to do about each before the root ends. */
  returned: Map<object, () => void> | undefined
  /** True once the root has ended; code that nobody waited for may go on. */
  isOver: boolean
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
  returned: undefined,
  isOver: false,
}

/** The next number in start order; undefined where this process does not number. */
export function nextOrdinal(group: Group): number | undefined {
  if (group.ordinals !== undefined) group.ordinals += 1
  return group.ordinals
}
