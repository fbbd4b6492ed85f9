import { ATTR } from '../core/attributes.js'
import type { DetailedDocument } from '../core/document.js'
import { createRunFold } from '../core/fold.js'
import { type Outcome, toSpanStatus } from '../core/outcome.js'
import type { Phase, RecordValue, SpanRecord } from '../core/record.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const START_MS = Date.UTC(2025, 10, 20, 10, 3, 10)

/** What a test says of a span; times in milliseconds after the start of the run. */
export interface Sketch {
  id: number
  kind?: 'run' | 'step' | 'attempt'
  parent?: number
  name: string
  from: number
  to?: number
  outcome?: Outcome
  attributes?: Record<string, RecordValue>
}

/** The time in milliseconds since 1970 that lies so many after the start of the run. */
export function at(ms: number): number {
  return START_MS + ms
}

/** The records of a sketch: one without an end is the news of a running span, with progress if it has any. */
export function toRecord(sketch: Sketch, phase?: Phase): SpanRecord {
  const { id, kind = 'step', parent, name, from, to, outcome = 'success', attributes } = sketch
  const ended = to !== undefined && phase !== 'started'
  return {
    phase: phase ?? (ended ? 'ended' : attributes?.[ATTR.progress] === undefined ? 'started' : 'progress'),
    seq: 0,
    traceId: TRACE,
    spanId: toId(id),
    parentSpanId: parent === undefined ? null : toId(parent),
    name,
    start: `${at(from)}000000`,
    end: ended ? `${at(to)}000000` : null,
    status: ended ? toSpanStatus(outcome) : 'unset',
    attributes: {
      [ATTR.kind]: kind,
      [ATTR.runKey]: runKey(),
      ...(parent === undefined ? {} : { [ATTR.parentId]: toId(parent) }),
      ...(kind === 'step' ? { [ATTR.ordinal]: id } : {}),
      ...(kind === 'run' ? { [ATTR.runId]: '0041', [ATTR.name]: name, [ATTR.version]: '3' } : {}),
      ...(ended ? { [ATTR.outcome]: outcome } : {}),
      ...attributes,
    },
  }
}

/** The document that the sketches make. */
export function toDocument(sketches: readonly Sketch[]): DetailedDocument {
  const fold = createRunFold(runKey())
  for (const sketch of sketches) fold.add(toRecord(sketch))
  return fold.document()
}

const ERROR = {
  [ATTR.errorType]: 'TypeError',
  [ATTR.exceptionMessage]: 'x is not a function',
  [ATTR.errorCode]: 500,
  [ATTR.exceptionStacktrace]: [
    'TypeError: x is not a function',
    '    at node:internal/process/task_queues:95:5',
    '    at insert (file:///srv/etl/src/load.ts:41:13)',
    '    at run (file:///srv/etl/src/main.ts:9:3)',
  ].join('\n'),
}

/** A run of every kind of step: one that failed on its third try inside another, one that was skipped, nested ones. */
export function failedRun(): Sketch[] {
  const tries = [5000, 9000, 17_000].map((from, index) => ({
    id: 900 + index,
    kind: 'attempt' as const,
    parent: 6,
    name: 'insert',
    from,
    to: from + 1000,
    outcome: index < 2 ? ('retry' as const) : ('failed' as const),
    attributes: { ...ERROR, [ATTR.attempt]: index + 1 },
  }))
  return [
    { id: 500, kind: 'run', name: 'daily_import', from: 0, to: 42_100, outcome: 'failed', attributes: ERROR },
    { id: 1, parent: 500, name: 'fetch', from: 0, to: 4100, attributes: { [ATTR.warnings]: '["slow"]' } },
    { id: 2, parent: 500, name: 'load', from: 4100, to: 41_300, outcome: 'failed', attributes: ERROR },
    { id: 3, parent: 2, name: 'read', from: 4100, to: 4900, attributes: { [ATTR.title]: 'part 1' } },
    { id: 4, parent: 2, name: 'read', from: 4100, to: 5000, attributes: { [ATTR.title]: 'part 2' } },
    {
      id: 6,
      parent: 2,
      name: 'insert',
      from: 5000,
      to: 18_000,
      outcome: 'failed',
      attributes: { ...ERROR, [ATTR.errorCategory]: 'E005' },
    },
    ...tries,
    {
      id: 7,
      parent: 500,
      name: 'announce',
      from: 41_300,
      to: 41_301,
      outcome: 'skipped',
      attributes: { [ATTR.outcomeReason]: 'nobody to tell' },
    },
  ]
}

function runKey(): string {
  return `${TRACE}-${toId(500)}`
}

function toId(id: number): string {
  return id.toString(16).padStart(16, '0')
}
