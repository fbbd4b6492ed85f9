import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { ATTR, toRunKey } from '@runspan/results/core'
import { createOpen } from './create-open.js'
import { describe, resolveText } from './describe.js'
import { environmentRun } from './environment.js'
import { activeContext, currentOpen, isCarried } from './frame.js'
import { type Group, NO_GROUP, nextOrdinal } from './group.js'
import { addWords, identify, withGiven } from './identity.js'
import { write } from './late.js'
import { announce } from './live.js'
import { countStart } from './metrics.js'
import type { Open } from './open.js'
import { report } from './report.js'
import { joinSignals, resolveSignal } from './signal.js'
import type { Target } from './target.js'
import { newRunId } from './uuid.js'

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
          ...NO_GROUP,
          rootId: spanId,
          workflow: isRun ? target.name : '',
          key: toRunKey({ traceId, spanId }),
          traceId,
          runId,
          mode,
          cicd,
          ordinals: isRun ? 0 : 1,
        }
  const opened = createOpen(isRun ? 'run' : 'step', target, span, group, owner, base)
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
  const opened = createOpen('attempt', target, span, group, step, step.inner)
  opened.signal = step.signal
  opened.attempt = attempt
  announce(opened, 'started')
  return opened
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
