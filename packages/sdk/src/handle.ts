import type { Attributes } from '@opentelemetry/api'
import { ATTR, quote, redactText } from '@runspan/results/core'
import { currentOpen } from './frame.js'
import { write } from './late.js'
import { announceProgress } from './live.js'
import type { Open } from './open.js'
import { addRecordable } from './recordable.js'
import { guard, report } from './report.js'

/** What the code of a step can see and say of it. None of its methods ever throws. */
export interface StepHandle {
  readonly name: string
  /** The span id, 16 hex digits; empty where nothing is tracked. */
  readonly id: string
  /** Which try this is, from 1. */
  readonly attempt: number
  /** Aborted when the step's time is over, or its run is. */
  readonly signal: AbortSignal
  /** False outside any step, without a provider, or when switched off: nothing below is then recorded. */
  readonly active: boolean
  /** Tells how far it is, from 0 to 1. */
  progress(fraction: number): void
  /** Notes something odd that is no failure; at most 100 are kept, the rest is counted. */
  warn(message: string): void
  /** Sets attributes of the user's own on the span. */
  set(attributes: Attributes): void
  /** Marks it as skipped, for when it returns. Does not throw and does not return for you. */
  skip(reason: string): void
}

/** What the code of a run can see and say of it. */
export interface RunHandle extends StepHandle {
  readonly runId: string
  /** `<trace id>-<span id>` */
  readonly runKey: string
  readonly traceId: string
}

const MAX_WARNINGS = 100
const MAX_WARNING = 1_024
const MAX_REASON = 1_024
let controller: AbortController | undefined

/** The step around the caller; inert, never undefined, where there is none: a step around a whole run is not in it. */
export function currentStep(): StepHandle {
  const opened = currentOpen()
  return opened === undefined || opened.kind === 'run' ? INERT : handleOf(opened)
}

/** The run around the caller; inert, never undefined, where there is none. */
export function currentRun(): RunHandle {
  for (let at = currentOpen(); at !== undefined; at = at.owner) if (at.kind === 'run') return handleOf(at)
  return INERT
}

/** The handle of an open run or step; an attempt's is its step's. */
export function handleOf(opened: Open): RunHandle {
  if (opened.kind === 'attempt' && opened.owner !== undefined) return handleOf(opened.owner)
  opened.handle ??= new Handle(opened)
  return opened.handle as RunHandle
}

/** Does what a handle was asked for, unless nobody records it or it is over. Never throws. */
function say(opened: Open, what: string, work: () => void): void {
  if (!opened.active) return
  const { name } = opened.target
  if (opened.settled) report(`${what} of '${name}' came after its end; it was left out`)
  else guard(`${what} of '${name}' failed`, work)
}

/**
 * A class, because an object literal with a getter gets a hidden class of its own each time, which costs more than the
 * rest of a step. The methods are of each handle: code may take them out of it.
 */
export class Handle implements RunHandle {
  readonly #opened: Open
  #unheard = 0
  readonly name: string
  readonly id: string
  readonly runId: string
  readonly runKey: string
  readonly traceId: string
  readonly active: boolean

  constructor(opened: Open) {
    const { target, group, active } = opened
    this.#opened = opened
    this.name = target.name
    this.id = active ? opened.spanId : ''
    this.runId = group.runId ?? ''
    this.runKey = group.key
    this.traceId = group.traceId
    this.active = active
  }

  get attempt(): number {
    return this.#opened.attempt
  }

  get signal(): AbortSignal {
    return this.#opened.signal ?? neverAborted()
  }

  readonly progress = (fraction: number): void =>
    say(this.#opened, 'progress', () => {
      if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1)) {
        return report(`progress of '${this.name}' is ${quote(fraction)}; give a number from 0 to 1`)
      }
      write(this.#opened, ATTR.progress, fraction)
      announceProgress(this.#opened)
    })

  readonly warn = (message: string): void =>
    say(this.#opened, 'a warning', () => {
      this.#opened.warnings ??= []
      const { warnings } = this.#opened
      if (warnings.length < MAX_WARNINGS) warnings.push(redactText(String(message), MAX_WARNING))
      else {
        this.#unheard += 1
        warnings[MAX_WARNINGS] = `${this.#unheard} more`
        // Writing a hundred warnings out again for each further one would cost more than it says.
        if ((this.#unheard & (this.#unheard - 1)) !== 0) return
      }
      write(this.#opened, ATTR.warnings, JSON.stringify(warnings))
      announceProgress(this.#opened)
    })

  readonly set = (attributes: Attributes): void =>
    say(this.#opened, 'an attribute', () => {
      this.#opened.span.setAttributes(addRecordable({}, attributes, this.name))
    })

  readonly skip = (reason: string): void => {
    const text = guard(`skip of '${this.name}' failed`, () => redactText(String(reason), MAX_REASON)) ?? ''
    say(this.#opened, 'skip', () => {
      this.#opened.skipReason = text
    })
  }
}

function neverAborted(): AbortSignal {
  controller ??= new AbortController()
  return controller.signal
}

const nothing = () => undefined

const INERT: RunHandle = Object.freeze({
  name: '',
  id: '',
  runId: '',
  runKey: '',
  traceId: '',
  attempt: 1,
  get signal() {
    return neverAborted()
  },
  active: false,
  progress: nothing,
  warn: nothing,
  set: nothing,
  skip: nothing,
})
