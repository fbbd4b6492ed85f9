import { close, toSettled } from './close.js'
import { currentOpen, enter } from './frame.js'
import { handleOf } from './handle.js'
import { runManaged } from './managed.js'
import { type Open, open, openInert, resolveSignal } from './open.js'
import { guard } from './report.js'
import { settle } from './settle.js'
import type { Target } from './target.js'
import { activeTracer } from './tracer.js'

/** What is called: with the handle of its step or run, for `runX`; `trackX` ignores it. */
export type Work = (handle: unknown) => unknown

/** The one way a function is run: opened, settled and closed here, whichever name the user called it by. */
export function call(target: Target, args: readonly unknown[], work: Work, needsHandle: boolean): unknown {
  const tracer = activeTracer()
  const opened = tracer === null ? undefined : guard('a span could not be opened', () => open(tracer, target, args))
  const isManaged = target.retry !== undefined || target.timeout !== undefined
  if (opened === undefined && !isManaged && !needsHandle && target.kind === 'step' && target.signal === undefined) {
    return work(undefined)
  }
  const at = opened ?? openInert(target, currentOpen(), resolveSignal(target, args))
  if (isManaged) return runManaged(tracer, at, work)
  return settle(() => work(needsHandle ? handleOf(at) : undefined), observe(at))
}

/** How the end of a call reaches its span. */
export function observe(opened: Open) {
  return {
    onValue: (output: unknown) => close(opened, { outcome: 'success', output }),
    onError: (error: unknown) => close(opened, toSettled(opened, error)),
    within: <T>(work: () => T): T => enter(opened.inner, opened, work),
  }
}
