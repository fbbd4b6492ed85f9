import { fromSpan, liveListeners, type Phase, publishLive, type SpanLike } from '@runspan/results/core'
import type { Open } from './open.js'
import { guard } from './report.js'

/** Tells live listeners of an open run, step or attempt that is recorded; costs nothing while there are none. */
export function announce(opened: Open, phase: Phase): void {
  if (!opened.recording || liveListeners().size === 0) return
  guard('live news failed', () => {
    // The SDK's own span says it best: the record is then the one that an exporter makes of it.
    const span = opened.span as unknown as Partial<SpanLike>
    if (isSdkSpan(span)) publishLive(fromSpan(span, phase, opened.seq))
  })
}

/** Tells live listeners of progress and warnings, and numbers the news. */
export function announceProgress(opened: Open): void {
  opened.seq += 1
  announce(opened, 'progress')
}

function isSdkSpan(span: Partial<SpanLike>): span is SpanLike {
  return Array.isArray(span.startTime) && typeof span.attributes === 'object' && span.status !== undefined
}
