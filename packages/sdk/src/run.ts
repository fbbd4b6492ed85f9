import { createCall, toCallee } from './call.js'
import type { RunHandle, StepHandle } from './handle.js'
import type { StepOptions, WorkflowOptions } from './options.js'
import { resolveTarget, type Target } from './target.js'
import { checkFunction, type Immediate } from './track.js'

/**
 * Calls a function at once as a step, with the step's handle, and returns what it returns.
 *
 * @throws SdkError for a name, option or function that cannot be used; else only what the function throws.
 */
export function runStep<T>(name: string, fn: (step: StepHandle) => T): T
export function runStep<T>(name: string, options: StepOptions<[]> & Immediate, fn: (step: StepHandle) => T): T
export function runStep<T>(name: string, options: StepOptions<[]>, fn: (step: StepHandle) => T): Promise<Awaited<T>>
export function runStep(name: string, ...rest: readonly unknown[]): unknown {
  return run('step', name, rest)
}

/**
 * Calls a function at once as a run, with the run's handle, and returns what it returns.
 *
 * @throws SdkError for a name, option or function that cannot be used; else only what the function throws.
 */
export function runWorkflow<T>(name: string, fn: (run: RunHandle) => T): T
export function runWorkflow<T>(name: string, options: WorkflowOptions<[]> & Immediate, fn: (run: RunHandle) => T): T
export function runWorkflow<T>(
  name: string,
  options: WorkflowOptions<[]>,
  fn: (run: RunHandle) => T,
): Promise<Awaited<T>>
export function runWorkflow(name: string, ...rest: readonly unknown[]): unknown {
  return run('run', name, rest)
}

function run(kind: Target['kind'], name: string, rest: readonly unknown[]): unknown {
  const [options, fn] = rest.length > 1 ? rest : [undefined, rest[0]]
  const target = resolveTarget(kind, name, options as WorkflowOptions | undefined)
  const work = checkFunction(target, fn)
  // `code.function.name` is for functions that have one; this one is mostly written where it is called.
  return createCall(target, toCallee(work, work.name, true))()
}
