import type { Attributes } from '@opentelemetry/api'
import { isRunId, MAX_RUN_ID, quote, redactText } from '@runspan/results/core'
import { parseDuration } from './duration.js'
import type { Capture, WorkflowOptions } from './options.js'
import { type Retry, resolveRetry } from './retry.js'
import { SdkError } from './sdk-error.js'

/** The longest name of a step or workflow, in UTF-16 code units. */
export const MAX_NAME = 256
/** The longest `target`, in UTF-16 code units. */
export const MAX_TARGET = 4_096

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
  /** Whether the conventions for CI/CD are to be followed too. */
  readonly cicd: boolean
  readonly retry: Retry | undefined
  /** Milliseconds. */
  readonly timeout: number | undefined
  readonly signal: AbortSignal | ((...args: Args) => AbortSignal | undefined) | undefined
  readonly errorCode: number | ((error: unknown) => number | undefined) | undefined
  /** Has retries or a deadline, which need time. */
  readonly isManaged: boolean
  /** Where nobody records, a call of it is a plain one: nothing in it has to find its place, or a signal. */
  readonly isPlain: boolean
}

const STEP_OPTIONS = 'id title mode target tags attributes retry timeout signal capture errorCode'.split(' ')
const WORKFLOW_OPTIONS = [...STEP_OPTIONS, 'version', 'runId', 'trace', 'inputs', 'semconv']

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
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new SdkError('invalid_option', `The options of ${what} ${quote(name)} are ${quote(options)}; give an object.`)
  }
  checkKnown(kind, name, options)
  const isManaged = options.retry !== undefined || options.timeout !== undefined
  const id = optionalText(options.id, 'id')
  if (id !== undefined && !isRunId(id)) {
    throw new SdkError('invalid_option', `id is ${quote(id)}; give a text of 1 to ${MAX_RUN_ID} characters.`)
  }
  checkFunctionOr(options.target, 'target', (value) => typeof value === 'string' || value === null)
  checkFunctionOr(options.runId, 'runId', (value) => typeof value === 'string' && value.trim() !== '')
  checkFunctionOr(options.attributes, 'attributes', (value) => typeof value === 'object' && value !== null)
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
    target: typeof options.target === 'string' ? redactText(options.target, MAX_TARGET) : options.target,
    runId: options.runId,
    attributes: options.attributes,
    inputs: options.inputs,
    ...resolveCapture(options.capture, options.inputs),
    cicd: resolveSemconv(options.semconv),
    retry: options.retry === undefined ? undefined : resolveRetry(options.retry),
    timeout: options.timeout === undefined ? undefined : resolveTimeout(options.timeout),
    signal: signal as Target['signal'],
    errorCode,
    isManaged,
    isPlain: kind === 'step' && !isManaged && signal === undefined,
  }
}

function checkKnown(kind: Target['kind'], name: string, options: object): void {
  const known = kind === 'run' ? WORKFLOW_OPTIONS : STEP_OPTIONS
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue
    const whose = WORKFLOW_OPTIONS.includes(option) ? 'an option of a workflow, not of a step' : 'no option'
    throw new SdkError(
      'invalid_option',
      `${quote(option)}, given for ${quote(name)}, is ${whose}; there are ${known.join(', ')}.`,
    )
  }
}

function resolveTimeout(timeout: unknown): number {
  const ms = parseDuration(timeout, 'timeout')
  if (ms > 0) return ms
  throw new SdkError('invalid_option', `timeout is ${quote(timeout)}; give more than 0, or leave it out for no limit.`)
}

function resolveSemconv(semconv: unknown): boolean {
  if (semconv === undefined) return false
  if (Array.isArray(semconv) && semconv.every((word) => word === 'cicd')) return semconv.length > 0
  throw new SdkError('invalid_option', `semconv is ${quote(semconv)}; give a list, of which 'cicd' is the only word.`)
}

function checkFunctionOr(value: unknown, option: string, isRight: (value: unknown) => boolean): void {
  if (value === undefined || typeof value === 'function' || isRight(value)) return
  const allowed = option === 'attributes' ? 'an object' : 'a text'
  throw new SdkError(
    'invalid_option',
    `${option} is ${quote(value)}; give ${allowed}, or a function of the arguments that returns one.`,
  )
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
  const isPlain = capture === undefined || typeof capture === 'boolean'
  if (!isPlain && (typeof capture !== 'object' || capture === null)) {
    throw new SdkError('invalid_option', `capture is ${quote(capture)}; give true, false or { inputs, outputs }.`)
  }
  const wanted = isPlain ? { inputs: capture, outputs: capture } : capture
  if (wanted.inputs === false && inputs !== undefined) {
    throw new SdkError(
      'invalid_option',
      'inputs are given, but capture says not to record them; leave one of them out.',
    )
  }
  return { captureInputs: wanted.inputs ?? inputs !== undefined, captureOutputs: wanted.outputs === true }
}

function isSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
}
