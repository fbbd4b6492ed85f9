import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { ATTR, toRunKey, toText } from '@runspan/results/core'
import { captureText } from './capture.js'
import { environmentRun } from './environment.js'
import { currentOpen, withOpen } from './frame.js'
import { announce } from './live.js'
import { countStart } from './metrics.js'
import { guard, report } from './report.js'
import { resolveTarget, type Target } from './target.js'
import { newRunId } from './uuid.js'

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
  /** How many ordinals were given out; undefined in a process that has joined a run: its owner alone numbers. */
  ordinals: number | undefined
}

/** A run, step or attempt whose span is open. */
export interface Open {
  readonly kind: 'run' | 'step' | 'attempt'
  readonly target: Target
  readonly span: Span
  readonly spanId: string
  /** A span that somebody sees: neither switched off nor without a provider. */
  readonly active: boolean
  readonly recording: boolean
  /** Where the code inside runs. */
  readonly inner: Context
  readonly group: Group
  /** The run, step or attempt around it; for the first call of a process none. */
  readonly owner: Open | undefined
  /** What was set at its start. */
  readonly identity: Attributes
  signal: AbortSignal | undefined
  /** `performance.now()` */
  readonly startedAt: number
  /** Which try this is, from 1. */
  attempt: number
  seq: number
  settled: boolean
  skipReason: string | undefined
  warnings: string[]
  handle: unknown
}

const NO_GROUP: Group = {
  rootId: '',
  workflow: '',
  key: '',
  traceId: '',
  runId: undefined,
  mode: undefined,
  ordinals: 0,
}

const REMOTE = resolveTarget('run', 'a run of another process')
const OFF_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

/** Opens a run or step below whatever is open around the caller. */
export function open(tracer: Tracer, target: Target, args: readonly unknown[]): Open {
  const here = currentOpen()
  const environment = here === undefined ? environmentRun() : undefined
  const owner = here ?? environment?.open
  const around = owner?.active ? owner : undefined
  const runId = target.kind === 'run' ? (resolveText(target, 'runId', args) ?? newRunId()) : undefined
  const mode = target.mode ?? (target.kind === 'run' ? around?.group.mode : undefined)
  const looseOrdinal = target.kind === 'step' ? 1 : undefined
  const identity: Attributes = {
    [ATTR.kind]: target.kind,
    [ATTR.runKey]: around?.group.key,
    [ATTR.parentId]: around?.spanId,
    [ATTR.ordinal]: around === undefined ? looseOrdinal : nextOrdinal(around.group),
    [ATTR.name]: target.name,
    [ATTR.runId]: runId,
    [ATTR.version]: target.version,
    [ATTR.id]: target.id,
    [ATTR.title]: target.title,
    [ATTR.mode]: mode,
  }
  const active = context.active()
  const base = environment === undefined || trace.getSpan(active) !== undefined ? active : environment.inner
  const span = tracer.startSpan(target.name, spanOptions(target, identity, args, base), base)
  const { traceId, spanId } = span.spanContext()
  const signal = resolveSignal(target, args) ?? owner?.signal
  const group: Group =
    around === undefined || target.kind === 'run'
      ? {
          rootId: spanId,
          workflow: target.kind === 'run' ? target.name : '',
          key: toRunKey({ traceId, spanId }),
          traceId,
          runId,
          mode,
          ordinals: looseOrdinal ?? 0,
        }
      : around.group
  const opened = create(target.kind, target, span, group, owner, identity, signal, base)
  if (around === undefined) span.setAttribute(ATTR.runKey, group.key)
  if (opened.recording) setLate(opened, args)
  announce(opened, 'started')
  if (target.kind === 'run') countStart(opened)
  return opened
}

/** Opens one try of a step. */
export function openAttempt(tracer: Tracer | null, step: Open, attempt: number): Open | undefined {
  if (tracer === null || !step.active) return undefined
  const { target, group } = step
  const identity: Attributes = {
    [ATTR.kind]: 'attempt',
    [ATTR.runKey]: group.key,
    [ATTR.parentId]: step.spanId,
    [ATTR.ordinal]: step.identity[ATTR.ordinal],
    [ATTR.name]: target.name,
    [ATTR.id]: target.id,
    [ATTR.title]: target.title,
    [ATTR.mode]: step.identity[ATTR.mode],
    [ATTR.attempt]: attempt,
  }
  const span = tracer.startSpan(target.name, { attributes: identity }, step.inner)
  const opened = create('attempt', target, span, group, step, identity, step.signal, step.inner)
  opened.attempt = attempt
  announce(opened, 'started')
  return opened
}

/** What stands in for an open run or step where nobody records: behaviour without a span. */
export function openInert(target: Target, owner: Open | undefined, signal: AbortSignal | undefined): Open {
  const group = owner?.group ?? NO_GROUP
  return create(target.kind, target, OFF_SPAN, group, owner, {}, signal ?? owner?.signal, context.active(), false)
}

/** What stands in for a run that is open in another process, as the parent of the steps of this one. */
export function joinRun(inner: Context, key: string, parentSpanId: string): Open {
  const [traceId = '', rootId = ''] = key.split('-')
  const group: Group = { rootId, workflow: '', key, traceId, runId: undefined, mode: undefined, ordinals: undefined }
  const span = trace.getSpan(inner) ?? OFF_SPAN
  const base = create('run', REMOTE, span, group, undefined, {}, undefined, inner)
  const joined = { ...base, spanId: parentSpanId, active: true, recording: false }
  joined.inner = withOpen(inner, joined)
  return joined
}

/** The signal that the option names, for this call. */
export function resolveSignal(target: Target, args: readonly unknown[]): AbortSignal | undefined {
  const { signal } = target
  if (typeof signal !== 'function') return signal
  return guard(`the signal option of '${target.name}' failed`, () => signal(...args))
}

function create(
  kind: Open['kind'],
  target: Target,
  span: Span,
  group: Group,
  owner: Open | undefined,
  identity: Attributes,
  signal: AbortSignal | undefined,
  base: Context,
  active = true,
): Open {
  const spanContext = span.spanContext()
  const opened: { -readonly [K in keyof Open]: Open[K] } = {
    kind,
    target,
    span,
    spanId: spanContext.spanId,
    active: active && isSpanContextValid(spanContext),
    recording: active && span.isRecording(),
    inner: base,
    group,
    owner,
    identity,
    signal,
    startedAt: performance.now(),
    attempt: 1,
    // 0 is for those who saw the start of the span before its run key was set.
    seq: 1,
    settled: false,
    skipReason: undefined,
    warnings: [],
    handle: undefined,
  }
  opened.inner = withOpen(opened.active ? trace.setSpan(base, span) : base, opened)
  return opened
}

function nextOrdinal(group: Group): number | undefined {
  if (group.ordinals !== undefined) group.ordinals += 1
  return group.ordinals
}

function spanOptions(target: Target, identity: Attributes, args: readonly unknown[], base: Context) {
  const own = target.attributes
  const given =
    typeof own === 'function' ? guard(`the attributes option of '${target.name}' failed`, () => own(...args)) : own
  const attributes = given === undefined ? identity : { ...given, ...identity }
  if (target.trace === 'parent') return { attributes }
  const around = trace.getSpanContext(base)
  const links = target.trace === 'link' && around !== undefined ? [{ context: around }] : []
  return { attributes, root: true, links }
}

/** What is not identity is set after the start, before the user's code can change the arguments. */
function setLate(opened: Open, args: readonly unknown[]): void {
  const { target } = opened
  const text = target.target === undefined ? undefined : resolveText(target, 'target', args)
  if (text !== undefined) opened.span.setAttribute(ATTR.target, text)
  if (target.tags !== undefined) opened.span.setAttribute(ATTR.tags, target.tags)
  if (!target.captureInputs) return
  const { inputs } = target
  const given = guard(`the inputs option of '${target.name}' failed`, () =>
    captureText(typeof inputs === 'function' ? inputs(...args) : (inputs ?? args)),
  )
  if (given !== undefined) opened.span.setAttribute(ATTR.inputs, given)
}

function resolveText(target: Target, option: 'target' | 'runId', args: readonly unknown[]): string | undefined {
  const source = target[option]
  const value =
    typeof source === 'function'
      ? guard(`the ${option} option of '${target.name}' failed`, () => source(...args))
      : source
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value === '' && option === 'runId' ? undefined : toText(value, 4096)
  report(`the ${option} option of '${target.name}' gave ${typeof value}, not text; it was left out`)
  return undefined
}
