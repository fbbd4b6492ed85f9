import { ATTR, MAX_RUN_ID, redactText, toText } from '@runspan/results/core'
import { captureArguments, captureText } from './capture.js'
import { write } from './late.js'
import type { Open } from './open.js'
import { guard, report } from './report.js'
import { CICD } from './semconv.js'
import { MAX_TARGET, type Target } from './target.js'

/** Sets what is not identity: after the start, but before the user's code can change the arguments. */
export function describe(opened: Open, functionName: string, args: readonly unknown[]): void {
  const { target } = opened
  if (functionName !== '') write(opened, ATTR.functionName, functionName)
  // A constant was made fit when the function was wrapped.
  const given = typeof target.target === 'string' ? target.target : resolveText(target, 'target', args)
  if (given !== undefined) write(opened, ATTR.target, given)
  if (target.tags !== undefined) write(opened, ATTR.tags, target.tags)
  if (opened.group.cicd && target.kind === 'step') write(opened, CICD.taskRunId, opened.spanId)
  if (!target.captureInputs) return
  const { inputs } = target
  const text = guard(`the inputs option of '${target.name}' failed`, () =>
    inputs === undefined
      ? captureArguments(args)
      : captureText(typeof inputs === 'function' ? inputs(...args) : inputs),
  )
  if (text !== undefined) write(opened, ATTR.inputs, text)
}

/** The text that an option gives for these arguments; undefined when it gives none. */
export function resolveText(target: Target, option: 'target' | 'runId', args: readonly unknown[]): string | undefined {
  const source = target[option]
  if (source === undefined) return undefined
  const value =
    typeof source === 'function'
      ? guard(`the ${option} option of '${target.name}' failed`, () => source(...args))
      : source
  if (value === undefined || value === null || (value === '' && option === 'runId')) return undefined
  if (typeof value === 'string') return option === 'runId' ? toText(value, MAX_RUN_ID) : redactText(value, MAX_TARGET)
  report(`the ${option} option of '${target.name}' gave ${typeof value}, not text; it was left out`)
  return undefined
}
