import type { Attributes } from '@opentelemetry/api'
import { isRunId, MAX_RUN_ID, quote, redactText } from '@runspan/results/core'
import { captureText } from './capture.js'
import { parseDuration } from './duration.js'
import type { WorkflowOptions } from './options.js'
import { type Retry, resolveRetry } from './retry.js'
import { checkOption, refuseOption, SdkError } from './sdk-error.js'

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
const FROM_ARGS = ', or a function of the arguments that returns one'

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
  if (!isObject(options) || Array.isArray(options)) {
    throw new SdkError('invalid_option', `The options of ${what} ${quote(name)} are ${quote(options)}; give an object.`)
  }
  checkKnown(kind, name, options)
  const { id, target, runId, attributes, tags, semconv, signal, errorCode, capture, inputs, trace = 'parent' } = options
  const isManaged = options.retry !== undefined || options.timeout !== undefined
  checkOption('id', id, isId, `a text of 1 to ${MAX_RUN_ID} characters`)
  checkOption('target', target, (given) => isText(given) || given === null || isFunction(given), `a text${FROM_ARGS}`)
  checkOption(
    'runId',
    runId,
    (given) => (isText(given) && given.trim() !== '') || isFunction(given),
    `a text${FROM_ARGS}`,
  )
  checkOption('attributes', attributes, (given) => isObject(given) || isFunction(given), `an object${FROM_ARGS}`)
  checkOption('signal', signal, isSignal, 'an AbortSignal or a function that returns one')
  checkOption('trace', trace, (given) => TRACES.includes(given), "'parent', 'link' or 'root'")
  checkOption('errorCode', errorCode, isCode, 'a whole number or a function')
  checkOption('tags', tags, areTags, 'a list of texts, or an object whose values are texts')
  checkOption('semconv', semconv, isSemconv, "a list, of which 'cicd' is the only word")
  checkOption('capture', capture, (given) => typeof given === 'boolean' || isObject(given), CAPTURE)
  const wanted = isObject(capture) ? capture : { inputs: capture, outputs: capture }
  if (wanted.inputs === false && inputs !== undefined) {
    throw new SdkError(
      'invalid_option',
      'inputs are given, but capture says not to record them; leave one of them out.',
    )
  }
  return {
    kind,
    name: redactText(name, MAX_NAME),
    id,
    title: resolveText('title', options.title),
    mode: resolveText('mode', options.mode),
    version: resolveText('version', options.version),
    tags: tags && captureText(tags),
    trace,
    target: isText(target) ? redactText(target, MAX_TARGET) : target,
    runId,
    attributes,
    inputs,
    captureInputs: wanted.inputs ?? inputs !== undefined,
    captureOutputs: wanted.outputs === true,
    cicd: semconv !== undefined && semconv.length > 0,
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
  return ms > 0 ? ms : refuseOption('timeout', timeout, 'more than 0, or leave it out for no limit')
}

function resolveText(option: string, given: unknown): string | undefined {
  checkOption(option, given, isText, 'a text')
  return given === undefined ? undefined : redactText(given as string)
}

const TRACES: readonly unknown[] = ['parent', 'link', 'root'] satisfies Target['trace'][]
const CAPTURE = 'true, false or { inputs, outputs }'

const isText = (given: unknown) => typeof given === 'string'
const isFunction = (given: unknown) => typeof given === 'function'
const isObject = <T>(given: T): given is T & object => typeof given === 'object' && given !== null
const isId = (given: unknown) => isText(given) && isRunId(given)
const isCode = (given: unknown) => Number.isSafeInteger(given) || isFunction(given)
const areTags = (given: unknown) => isObject(given) && Object.values(given).every(isText)
const isSemconv = (given: unknown) => Array.isArray(given) && given.every((word) => word === 'cicd')
const isSignal = (given: unknown) =>
  isFunction(given) || (isObject(given) && 'aborted' in given && 'addEventListener' in given)
