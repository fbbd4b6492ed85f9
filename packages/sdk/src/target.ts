import type { Attributes } from '@opentelemetry/api'
import { isRunId, MAX_RUN_ID, quote } from '@runspan/results/core'
import { parseDuration } from './duration.js'
import type { Capture, WorkflowOptions } from './options.js'
import { type Retry, resolveRetry } from './retry.js'
import { SdkError } from './sdk-error.js'

/** The longest name of a step or workflow, in UTF-16 code units. */
export const MAX_NAME = 256

type Args = readonly any[]

/** Everything about a step or workflow that is known when it is wrapped. */
export interface Target {
  readonly kind: 'run' | 'step'
  readonly name: string
  readonly id: string | undefined
  readonly title: string | undefined
  readonly mode: string | undefined
  readonly version: string | undefined
  readonly tags: string | undefined
  readonly trace: 'parent' | 'link' | 'root'
  readonly target: string | ((...args: Args) => unknown) | null | undefined
  readonly runId: string | ((...args: Args) => unknown) | undefined
  readonly attributes: Attributes | ((...args: Args) => Attributes) | undefined
  readonly inputs: unknown
  readonly captureInputs: boolean
  readonly captureOutputs: boolean
  readonly retry: Retry | undefined
  /** Milliseconds. */
  readonly timeout: number | undefined
  readonly signal: AbortSignal | ((...args: Args) => AbortSignal | undefined) | undefined
  readonly errorCode: number | ((error: unknown) => number | undefined) | undefined
}

/**
 * Checks a name and options, and resolves everything that is the same for every call.
 *
 * @throws SdkError that names the option, shows its value and says which form is allowed.
 */
export function resolveTarget(kind: 'run' | 'step', name: unknown, options: WorkflowOptions<any> = {}): Target {
  const what = kind === 'run' ? 'workflow' : 'step'
  if (typeof name !== 'string' || name.trim() === '' || name.length > MAX_NAME) {
    throw new SdkError(
      'invalid_name',
      `The name of a ${what} is ${quote(name)}; give a text of 1 to ${MAX_NAME} characters, such as 'load'.`,
    )
  }
  if (typeof options !== 'object' || options === null) {
    throw new SdkError('invalid_option', `The options of ${what} ${quote(name)} are ${quote(options)}; give an object.`)
  }
  const id = optionalText(options.id, 'id')
  if (id !== undefined && !isRunId(id)) {
    throw new SdkError('invalid_option', `id is ${quote(id)}; give a text of 1 to ${MAX_RUN_ID} characters.`)
  }
  const { signal, errorCode, trace = 'parent' } = options
  if (signal !== undefined && typeof signal !== 'function' && !isSignal(signal)) {
    throw new SdkError(
      'invalid_option',
      `signal is ${quote(signal)}; give an AbortSignal or a function that returns one.`,
    )
  }
  if (trace !== 'parent' && trace !== 'link' && trace !== 'root') {
    throw new SdkError('invalid_option', `trace is ${quote(trace)}; give 'parent', 'link' or 'root'.`)
  }
  if (errorCode !== undefined && typeof errorCode !== 'function' && !Number.isSafeInteger(errorCode)) {
    throw new SdkError('invalid_option', `errorCode is ${quote(errorCode)}; give a whole number or a function.`)
  }
  return {
    kind,
    name: name.toWellFormed(),
    id,
    title: optionalText(options.title, 'title'),
    mode: optionalText(options.mode, 'mode'),
    version: optionalText(options.version, 'version'),
    tags: resolveTags(options.tags),
    trace,
    target: options.target,
    runId: options.runId,
    attributes: options.attributes,
    inputs: options.inputs,
    ...resolveCapture(options.capture, options.inputs),
    retry: options.retry === undefined ? undefined : resolveRetry(options.retry),
    timeout: options.timeout === undefined ? undefined : parseDuration(options.timeout, 'timeout'),
    signal: signal as Target['signal'],
    errorCode,
  }
}

function optionalText(value: unknown, option: string): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return value.toWellFormed()
  throw new SdkError('invalid_option', `${option} is ${quote(value)}; give a text.`)
}

function resolveTags(tags: WorkflowOptions['tags']): string | undefined {
  if (tags === undefined) return undefined
  if (typeof tags === 'object' && tags !== null && Object.values(tags).every((tag) => typeof tag === 'string')) {
    return JSON.stringify(tags)
  }
  throw new SdkError(
    'invalid_option',
    `tags is ${quote(tags)}; give a list of texts, or an object whose values are texts.`,
  )
}

function resolveCapture(capture: Capture | undefined, inputs: unknown) {
  const wanted = typeof capture === 'object' ? capture : { inputs: capture, outputs: capture }
  return {
    captureInputs: wanted.inputs === true || (wanted.inputs === undefined && inputs !== undefined),
    captureOutputs: wanted.outputs === true,
  }
}

function isSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
}
