import { ATTR } from '../core/attributes.js'
import type { DetailedDocument } from '../core/document.js'
import { foldRuns } from '../core/fold.js'
import type { SpanRecord } from '../core/record.js'

const TRACE = 'a'.repeat(32)
const id = (n: number): string => n.toString(16).padStart(16, '0')
const KEY = `${TRACE}-${id(1)}`

function record(n: number, parent: number | null, attributes: object, extra: Partial<SpanRecord> = {}): SpanRecord {
  return {
    phase: 'ended',
    seq: n,
    traceId: TRACE,
    spanId: id(n),
    parentSpanId: parent === null ? null : id(parent),
    name: `span ${n}`,
    start: `17634000000000000${String(n).padStart(2, '0')}`,
    end: '1763400001000000000',
    status: 'unset',
    attributes: { [ATTR.runKey]: KEY, [ATTR.name]: `span ${n}`, ...attributes },
    ...extra,
  }
}

/** A run with a step in a step, a retried attempt, captured values and something that still runs. */
export function detailed(): DetailedDocument {
  const failure = { [ATTR.outcome]: 'retry', [ATTR.exceptionMessage]: 'boom', [ATTR.errorCode]: 7 }
  const [document] = foldRuns([
    record(1, null, { [ATTR.kind]: 'run', [ATTR.runId]: 'r', [ATTR.inputs]: '{"__proto__":[1,null]}' }),
    record(2, 1, {
      [ATTR.kind]: 'step',
      [ATTR.ordinal]: 1,
      [ATTR.tags]: '["a"]',
      [ATTR.outcome]: 'success',
    }),
    record(3, 2, { [ATTR.kind]: 'attempt', [ATTR.attempt]: 1, ...failure }, { status: 'error' }),
    record(4, 2, { [ATTR.kind]: 'step', [ATTR.ordinal]: 2, [ATTR.progress]: 0.5 }, { phase: 'started', end: null }),
  ])
  return document as DetailedDocument
}
