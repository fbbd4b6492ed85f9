import { type Context, INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api'
import { UNKNOWN_NAME } from '@runspan/results/core'
import { activeContext, currentOpen, withOpen } from './frame.js'
import { type Group, NO_GROUP } from './group.js'
import { ownAttributes } from './late.js'
import { needsClock } from './metrics.js'
import type { Open } from './open.js'
import { report } from './report.js'
import { joinSignals, resolveSignal } from './signal.js'
import { resolveTarget, type Target } from './target.js'

let remote: Target | undefined
const OFF_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)

/** What is known of a run, step or attempt whose span was just started. */
export function createOpen(
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

/** What stands in for an open run or step where nobody records: behaviour without a span. */
export function openInert(target: Target, args: readonly unknown[]): Open {
  const owner = currentOpen()
  const opened = createOpen(target.kind, target, OFF_SPAN, owner?.group ?? NO_GROUP, owner, activeContext())
  opened.signal = joinSignals(resolveSignal(target, args), owner?.signal)
  return opened
}

/** What stands in for a run that is open in another process, as the parent of the steps of this one. */
export function joinRun(inner: Context, key: string, parentSpanId: string): Open {
  const [traceId = '', rootId = ''] = key.split('-')
  const group: Group = { ...NO_GROUP, rootId, key, traceId, ordinals: undefined }
  remote ??= resolveTarget('run', UNKNOWN_NAME)
  const around = trace.getSpanContext(inner)
  const span = trace.wrapSpanContext(around ?? { traceId, spanId: parentSpanId, traceFlags: 1, isRemote: true })
  const joined: Open = {
    ...createOpen('run', remote, span, group, undefined, inner),
    spanId: parentSpanId,
    recording: false,
  }
  joined.inner = withOpen(inner, joined, span)
  return joined
}

function isRecording(span: Span): boolean {
  try {
    return span.isRecording()
  } catch (error) {
    report('a span does not say whether it is recorded', error)
    return false
  }
}
