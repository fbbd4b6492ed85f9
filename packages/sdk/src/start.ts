import { openCall } from './call.js'
import { close, type Settled } from './close.js'
import { openInert } from './create-open.js'
import { createDeadline } from './deadline.js'
import { enter } from './frame.js'
import { Handle, type RunHandle, type StepHandle } from './handle.js'
import { settleError } from './observe.js'
import type { Open } from './open.js'
import type { StepOptions, WorkflowOptions } from './options.js'
import { guard, report } from './report.js'
import { SdkError } from './sdk-error.js'
import { resolveTarget, type Target } from './target.js'
import { activeTracer } from './tracer.js'

/** How a step or run is ended that fits no function. The first end counts; the others are counted and ignored. */
export interface Settling {
  /** Calls a function inside the step or run, and returns what it returns; any number of times. Settles nothing. */
  run<T>(fn: () => T): T
  succeed(output?: unknown): void
  /** A `TimeoutError` makes it timed out, an `AbortError` cancelled. */
  fail(error: unknown): void
  /** Ends it as skipped. */
  skip(reason: string): void
  cancel(reason: string): void
  /** Cancels it, with a warning, when nothing has ended it before. */
  [Symbol.dispose](): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A step that was started by hand. */
export type StartedStep = StepHandle & Settling
/** A run that was started by hand. */
export type StartedRun = RunHandle & Settling

/**
 * Starts a step for work that fits no function; it ends when you say so.
 *
 * @throws SdkError for a name or option that cannot be used, `retry` among them: there is nothing to call again.
 */
export function startStep(name: string, options: StepOptions<[]> = {}): StartedStep {
  return start(resolveTarget('step', name, options))
}

/**
 * Starts a run for work that fits no function; it ends when you say so.
 *
 * @throws SdkError for a name or option that cannot be used, `retry` among them: there is nothing to call again.
 */
export function startWorkflow(name: string, options: WorkflowOptions<[]> = {}): StartedRun {
  return start(resolveTarget('run', name, options))
}

const UNSETTLED = 'it was disposed before it was settled'

function start(target: Target): StartedRun {
  if (target.retry !== undefined) {
    throw new SdkError(
      'invalid_option',
      `'${target.name}' is started by hand, so there is nothing that retry could call again; use runStep or trackStep.`,
    )
  }
  const opened = openCall(activeTracer(), target, '', []) ?? openInert(target, [])
  const timer = limit(opened)
  const end = (settled: Settled) => {
    timer?.clear()
    close(opened, settled)
  }
  const dispose = () => {
    if (opened.settled) return
    report(`'${target.name}' was disposed before it was settled; it counts as cancelled`)
    end({ outcome: 'cancelled', reason: UNSETTLED })
  }
  const settling: Settling = {
    run: (fn) => enter(opened.inner, opened, fn),
    succeed: (output) => end({ outcome: 'success', output }),
    fail: (error) => {
      timer?.clear()
      settleError(opened, error)
    },
    skip: (reason) => end({ outcome: 'skipped', reason: textOf(reason) }),
    cancel: (reason) => end({ outcome: 'cancelled', reason: textOf(reason) }),
    [Symbol.dispose]: dispose,
    [Symbol.asyncDispose]: async () => dispose(),
  }
  // A handle of its own: for work that is started by hand `skip` is an end.
  return Object.assign(new Handle(opened), settling)
}

/** When the time is over, the signal is aborted and the step timed out; the clock does not keep the process alive. */
function limit(opened: Open): { clear(): void } | undefined {
  const { timeout } = opened.target
  if (timeout === undefined) return undefined
  const deadline = createDeadline(opened, timeout, { keepsAlive: false })
  deadline.expired.catch((error: unknown) => {
    if (!opened.settled) settleError(opened, error)
  })
  return deadline
}

function textOf(reason: unknown): string {
  return guard('a reason is no text', () => String(reason)) ?? ''
}
