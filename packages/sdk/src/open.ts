import {
  type Attributes,
  type AttributeValue,
  type Context,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { ATTR, toRunKey, UNKNOWN_NAME } from '@runspan/results/core'
import { describe, resolveText } from './describe.js'
import { environmentRun } from './environment.js'
import { activeContext, currentOpen, isCarried, withOpen } from './frame.js'
import { type Group, NO_GROUP, nextOrdinal } from './group.js'
import { addWords, identify, withGiven } from './identity.js'
import { ownAttributes, write } from './late.js'
import { announce } from './live.js'
import { countStart, needsClock } from './metrics.js'
import { report } from './report.js'
import { joinSignals, resolveSignal } from './signal.js'
import { resolveTarget, type Target } from './target.js'
import { newRunId } from './uuid.js'

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
  inner: Context
  readonly group: Group
  /** The run, step or attempt around it; for the first call of a process none. */
  readonly owner: Open | undefined
  /** Numbers and words of its own that its attempts repeat. */
  ordinal: number | undefined
  mode: string | undefined
  /** Where to write attributes directly; see {@link ownAttributes}. */
  own: Record<string, AttributeValue> | undefined
  /** True when contexts of ours were carried around it, as those inside it then will be. */
  carried: boolean
  signal: AbortSignal | undefined
  /** `performance.now()`, where the span itself will not tell how long it took; else NaN. */
  readonly startedAt: number
  /** Under which name metrics know its workflow. */
  metricName: string | undefined
  /** Which try this is, from 1. */
  attempt: number
  seq: number
  settled: boolean
  skipReason: string | undefined
  warnings: string[] | undefined
  handle: unknown
}

const REMOTE = resolveTarget('run', UNKNOWN_NAME)
const OFF_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

/** Opens a run or step below whatever is open around the caller; undefined when that fails. */
export function open(tracer: Tracer, target: Target, functionName: string, args: readonly unknown[]): Open | undefined {
  const active = activeContext()
  const here = currentOpen(active)
  const environment = here === undefined ? environmentRun() : undefined
  const owner = here ?? environment?.open
  const around = activeOwner(owner)
  const isRun = target.kind === 'run'
  const runId = isRun ? (resolveText(target, 'runId', args) ?? newRunId()) : undefined
  const mode = target.mode ?? (isRun ? around?.group.mode : undefined)
  const ordinal = around !== undefined ? nextOrdinal(around.group) : isRun ? undefined : 1
  const cicd = target.cicd || around?.group.cicd === true
  const identity = identify(target, around, ordinal, mode, runId)
  // Without a context manager, or at the beginning of a process, our own frame knows better where we are.
  const known = trace.getSpan(active) === undefined && (environment !== undefined || active === ROOT_CONTEXT)
  const base = (known ? (environment?.inner ?? owner?.inner) : undefined) ?? active
  const options: SpanOptions = { attributes: withGiven(target, identity, args, cicd, runId) }
  if (target.trace !== 'parent') separate(options, target, base)
  const span = start(tracer, target.name, options, base)
  if (span === undefined) return undefined
  const { traceId, spanId } = span.spanContext()
  const group: Group =
    around !== undefined && !isRun
      ? around.group
      : {
          rootId: spanId,
          workflow: isRun ? target.name : '',
          key: toRunKey({ traceId, spanId }),
          traceId,
          runId,
          mode,
          cicd,
          ordinals: isRun ? 0 : 1,
          failure: undefined,
        }
  const opened = create(isRun ? 'run' : 'step', target, span, group, owner, base)
  opened.carried = isCarried(active)
  opened.ordinal = ordinal
  opened.mode = mode
  opened.signal = joinSignals(resolveSignal(target, args), owner?.signal)
  if (around === undefined) write(opened, ATTR.runKey, group.key)
  if (opened.recording) describe(opened, functionName, args)
  announce(opened, 'started')
  if (isRun) countStart(opened)
  return opened
}

/** Opens one try of a step; undefined when that fails, or when the step itself is not tracked. */
export function openAttempt(tracer: Tracer | null, step: Open, attempt: number): Open | undefined {
  if (tracer === null || !step.active) return undefined
  const { target, group } = step
  const attributes: Attributes = {
    [ATTR.kind]: 'attempt',
    [ATTR.runKey]: group.key,
    [ATTR.parentId]: step.spanId,
    [ATTR.ordinal]: step.ordinal,
    [ATTR.name]: target.name,
    [ATTR.attempt]: attempt,
  }
  addWords(attributes, target, step.mode)
  const span = start(tracer, target.name, { attributes }, step.inner)
  if (span === undefined) return undefined
  const opened = create('attempt', target, span, group, step, step.inner)
  opened.signal = step.signal
  opened.attempt = attempt
  announce(opened, 'started')
  return opened
}

/** What stands in for an open run or step where nobody records: behaviour without a span. */
export function openInert(target: Target, args: readonly unknown[]): Open {
  const owner = currentOpen()
  const opened = create(target.kind, target, OFF_SPAN, owner?.group ?? NO_GROUP, owner, activeContext())
  opened.signal = joinSignals(resolveSignal(target, args), owner?.signal)
  return opened
}

/** What stands in for a run that is open in another process, as the parent of the steps of this one. */
export function joinRun(inner: Context, key: string, parentSpanId: string): Open {
  const [traceId = '', rootId = ''] = key.split('-')
  const group: Group = { ...NO_GROUP, rootId, key, traceId, ordinals: undefined }
  const around = trace.getSpanContext(inner)
  const span = trace.wrapSpanContext(around ?? { traceId, spanId: parentSpanId, traceFlags: 1, isRemote: true })
  const joined: Open = {
    ...create('run', REMOTE, span, group, undefined, inner),
    spanId: parentSpanId,
    recording: false,
  }
  joined.inner = withOpen(inner, joined, span)
  return joined
}

function start(tracer: Tracer, name: string, options: SpanOptions, base: Context): Span | undefined {
  try {
    const span = tracer.startSpan(name, options, base)
    // Asked for here, so that a span which cannot even say who it is counts as none.
    span.spanContext()
    return span
  } catch (error) {
    report('a span could not be started', error)
    return undefined
  }
}

function create(
  kind: Open['kind'],
  target: Target,
  span: Span,
  group: Group,
  owner: Open | undefined,
  base: Context,
): Open {
  const spanContext = span.spanContext()
  // A tracer gives a valid span or this one; its regular expressions need not be run again.
  const active = spanContext.spanId !== INVALID_SPAN_CONTEXT.spanId
  const recording = active && isRecording(span)
  const opened: Open = {
    kind,
    target,
    span,
    spanId: spanContext.spanId,
    active,
    recording,
    inner: base,
    group,
    owner,
    ordinal: undefined,
    mode: undefined,
    own: recording ? ownAttributes(span) : undefined,
    carried: false,
    signal: undefined,
    startedAt: active && needsClock(span) ? performance.now() : Number.NaN,
    metricName: undefined,
    attempt: 1,
    // 0 is for those who saw the start of the span before its run key was set.
    seq: 1,
    settled: false,
    skipReason: undefined,
    warnings: undefined,
    handle: undefined,
  }
  opened.inner = withOpen(base, opened, active ? span : undefined)
  return opened
}

function isRecording(span: Span): boolean {
  try {
    return span.isRecording()
  } catch (error) {
    report('a span does not say whether it is recorded', error)
    return false
  }
}

/** The nearest that is tracked: one whose span could not be opened is no parent for the steps in it. */
function activeOwner(owner: Open | undefined): Open | undefined {
  let at = owner
  while (at !== undefined && !at.active) at = at.owner
  return at
}

/** A trace of its own: with a link to the one around, or without. */
function separate(options: SpanOptions, target: Target, base: Context): void {
  const around = target.trace === 'link' ? trace.getSpanContext(base) : undefined
  options.root = true
  options.links = around === undefined ? [] : [{ context: around }]
}
