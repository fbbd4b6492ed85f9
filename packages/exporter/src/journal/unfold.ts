import { readFileSync } from 'node:fs'
import {
  ATTR,
  type DetailedDocument,
  DOCUMENT_SCHEMA,
  type DocumentError,
  isTerminal,
  type Json,
  type Outcome,
  parseRunKey,
  type RecordValue,
  type SpanRecord,
  type StepNode,
  toOrdinalId,
  toSpanStatus,
} from '@runspan/results/core'

/** The detailed document of this run that a text holds; undefined when it holds none, or another run's. */
export function parseOwnDocument(text: string, key: string): DetailedDocument | undefined {
  try {
    const value = JSON.parse(text) as Partial<DetailedDocument> | null
    return value?.schema === DOCUMENT_SCHEMA && value.run?.key === key && Array.isArray(value.steps)
      ? (value as DetailedDocument)
      : undefined
  } catch {
    // A file that is no JSON is no document of ours.
    return undefined
  }
}

/** The same, of a file; undefined also when that cannot be read. */
export function readOwnDocument(path: string, key: string): DetailedDocument | undefined {
  const text = readText(path)
  return text === undefined ? undefined : parseOwnDocument(text, key)
}

/** The run key in the detailed document that a file seems to hold; found sooner than by parsing it. */
export function keyIn(path: string): string | undefined {
  return /"key": "([0-9a-f]{32}-[0-9a-f]{16})"/.exec(readText(path) ?? '')?.[1]
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // What cannot be read cannot be added to; the document is made without it.
    return undefined
  }
}

/**
 * The records a detailed document was made of, as far as it tells: folded again they make the same document. So a late
 * record can join a document whose records nobody has any more.
 */
export function toRecords({ run, steps, provenance }: DetailedDocument): SpanRecord[] {
  const ids = parseRunKey(run.key)
  if (ids === undefined) return []
  const records: SpanRecord[] = []
  const ordinals = new Set<number>()
  const add = (step: StepNode, parentId: string) => {
    if (step.ordinal !== null) ordinals.add(step.ordinal)
    records.push(...stepRecords(step, ids.traceId, run.key, parentId))
    for (const below of step.steps) add(below, attemptOf(step, below) ?? step.span_id)
  }
  for (const step of steps) add(step, ids.spanId)
  if (run.started_at === null) return records
  const attributes: Attributes = {
    [ATTR.kind]: 'run',
    [ATTR.runKey]: run.parent?.run_key ?? run.key,
    [ATTR.parentId]: run.parent?.span_id,
    [ATTR.runId]: run.id,
    [ATTR.version]: run.version,
    [ATTR.steps]: isTerminal(run.outcome) ? ordinals.size + provenance.dropped : undefined,
    ...common(run),
  }
  return [toRecord(run, ids.traceId, ids.spanId, run.name, attributes), ...records]
}

type Attributes = Record<string, RecordValue | null | undefined>

interface Told {
  readonly outcome: Outcome
  readonly reason: string | null
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly error: DocumentError | null
}

function stepRecords(step: StepNode, traceId: string, key: string, parentId: string): SpanRecord[] {
  const derived = step.ordinal === null ? `s${step.span_id}` : toOrdinalId(step.ordinal)
  const attributes: Attributes = {
    [ATTR.kind]: step.kind,
    [ATTR.runKey]: key,
    [ATTR.parentId]: parentId,
    [ATTR.ordinal]: step.ordinal,
    [ATTR.id]: step.run_id === derived ? undefined : step.run_id,
    ...common(step),
  }
  const attempts = step.attempts.map((attempt) => {
    const own: Attributes = {
      [ATTR.kind]: 'attempt',
      [ATTR.runKey]: key,
      [ATTR.parentId]: step.span_id,
      [ATTR.ordinal]: step.ordinal,
      [ATTR.name]: step.name,
      [ATTR.attempt]: attempt.attempt,
      ...ending(attempt),
    }
    return toRecord(attempt, traceId, attempt.span_id, step.name, own)
  })
  return [toRecord(step, traceId, step.span_id, step.name, attributes), ...attempts]
}

function attemptOf(step: StepNode, below: StepNode): string | undefined {
  return below.in_attempt === null
    ? undefined
    : step.attempts.find(({ attempt }) => attempt === below.in_attempt)?.span_id
}

type Common = Pick<
  StepNode,
  | 'name'
  | 'title'
  | 'mode'
  | 'target'
  | 'tags'
  | 'progress'
  | 'inputs'
  | 'outputs'
  | 'warnings'
  | 'outcome'
  | 'reason'
  | 'error'
>

function common(told: Common): Attributes {
  return {
    [ATTR.name]: told.name,
    [ATTR.title]: told.title,
    [ATTR.mode]: told.mode,
    [ATTR.target]: told.target,
    [ATTR.tags]: json(told.tags),
    [ATTR.progress]: told.progress,
    [ATTR.inputs]: json(told.inputs),
    [ATTR.outputs]: json(told.outputs),
    [ATTR.warnings]: told.warnings.length === 0 ? undefined : json(told.warnings),
    ...ending(told),
  }
}

function ending({ outcome, reason, error }: Pick<Told, 'outcome' | 'reason' | 'error'>): Attributes {
  return {
    [ATTR.outcome]: isTerminal(outcome) ? outcome : undefined,
    [ATTR.outcomeReason]: reason,
    [ATTR.errorType]: error?.type,
    [ATTR.errorCode]: error?.code,
    [ATTR.errorCategory]: error?.category,
    [ATTR.exceptionMessage]: error?.message,
    [ATTR.exceptionStacktrace]: error?.stacktrace,
  }
}

function toRecord(told: Told, traceId: string, spanId: string, name: string, given: Attributes): SpanRecord {
  const attributes: Record<string, RecordValue> = {}
  for (const [key, value] of Object.entries(given)) if (value !== null && value !== undefined) attributes[key] = value
  const ended = isTerminal(told.outcome) && told.outcome !== 'interrupted'
  return {
    phase: ended ? 'ended' : told.outcome === 'interrupted' ? 'interrupted' : 'started',
    seq: 0,
    traceId,
    spanId,
    parentSpanId: null,
    name,
    start: toNanos(told.started_at) ?? '0',
    end: toNanos(told.ended_at),
    status: toSpanStatus(told.outcome),
    attributes,
  }
}

function json(value: Json): string | undefined {
  return value === null ? undefined : JSON.stringify(value)
}

/** What `toIso` made, back: all nine digits are kept. */
function toNanos(iso: string | null): string | null {
  if (iso === null) return null
  const [second = '', fraction = ''] = iso.replace('Z', '').split('.')
  const seconds = Date.parse(`${second}Z`) / 1_000
  return Number.isFinite(seconds) ? String(BigInt(seconds) * 1_000_000_000n + BigInt(fraction || '0')) : null
}
