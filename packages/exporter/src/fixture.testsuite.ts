import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  NodeTracerProvider,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import {
  ATTR,
  type DetailedDocument,
  type Outcome,
  type RecordValue,
  type SpanRecord,
  toSpanStatus,
} from '@runspan/results/core'
import fc from 'fast-check'
import { expect, onTestFinished } from 'vitest'
import type { WorkflowResultsExporter } from './results-exporter.js'

/** A folder of its own for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runspan-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

let count = 0

/** Ids that no other test uses. */
export function newId(bytes: 8 | 16): string {
  count += 1
  return count.toString(16).padStart(bytes * 2, bytes === 8 ? '5' : 'a')
}

export interface RecordOptions extends Partial<Omit<SpanRecord, 'attributes'>> {
  kind?: 'run' | 'step' | 'attempt'
  outcome?: Outcome
  runKey?: string | undefined
  attributes?: Record<string, RecordValue | undefined>
}

/** A record of a span, ended unless it is said otherwise. */
export function record(options: RecordOptions = {}): SpanRecord {
  const { kind = 'step', outcome = 'success', runKey, attributes = {}, ...rest } = options
  const phase = rest.phase ?? 'ended'
  const made = {
    phase,
    seq: 1,
    traceId: newId(16),
    spanId: newId(8),
    parentSpanId: null,
    name: 'load',
    start: '1763734412345678901',
    end: phase === 'ended' ? '1763734412395678901' : null,
    status: phase === 'ended' ? toSpanStatus(outcome) : 'unset',
    ...rest,
  } as const
  const all: Record<string, RecordValue | undefined> = {
    [ATTR.kind]: kind,
    [ATTR.runKey]: runKey ?? `${made.traceId}-${made.spanId}`,
    [ATTR.name]: made.name,
    [ATTR.runId]: kind === 'run' ? `id-${made.spanId}` : undefined,
    [ATTR.outcome]: phase === 'ended' ? outcome : undefined,
    ...attributes,
  }
  const kept = Object.entries(all).filter((entry): entry is [string, RecordValue] => entry[1] !== undefined)
  return { ...made, attributes: Object.fromEntries(kept) }
}

/** The news of one run in the order in which a processor hears them: starts and ends, nested as its steps are. */
export function runNews(name: string, steps: readonly string[], options: RecordOptions = {}): SpanRecord[] {
  const root = record({ kind: 'run', name, ...options, phase: 'ended' })
  const runKey = `${root.traceId}-${root.spanId}`
  const news = [started(root)]
  steps.forEach((step, index) => {
    const attributes = { [ATTR.ordinal]: index + 1, [ATTR.parentId]: root.spanId }
    const made = record({ name: step, runKey, traceId: root.traceId, parentSpanId: root.spanId, attributes })
    news.push(started(made), made)
  })
  const end = { ...root, attributes: { ...root.attributes, [ATTR.steps]: steps.length } }
  return [...news, end]
}

/** What was known of a span when it began. */
export function started(ended: SpanRecord): SpanRecord {
  const { [ATTR.outcome]: _, ...attributes } = ended.attributes
  return { ...ended, phase: 'started', seq: 0, end: null, status: 'unset', attributes }
}

/** The key of the run that a list of news begins with. */
export function keyOf(news: readonly SpanRecord[]): string {
  return `${news[0]?.traceId}-${news[0]?.spanId}`
}

/** A real provider with these processors, shut down when the test is over. */
export function createTracer(processors: readonly object[], sampler?: Sampler) {
  const provider = new NodeTracerProvider({
    spanProcessors: processors as SpanProcessor[],
    ...(sampler === undefined ? {} : { sampler }),
  })
  onTestFinished(() => provider.shutdown())
  return { provider, tracer: provider.getTracer('other-language') }
}

/** The exporter behind the Simple processor. */
export function simple(exporter: WorkflowResultsExporter): SimpleSpanProcessor {
  return new SimpleSpanProcessor(exporter as never)
}

const NASTY = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', '\u0000', ';', ':', 's3:abc', '\u00fe', 'ÿ', '\ud83d\ude80', 'a'.repeat(70_000), '\n'),
)
const VALUE = fc.oneof(
  NASTY,
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n || 0),
  fc.maxSafeInteger(),
)
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
const nanos = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }).map(String)

/** Any record at all. */
export const anyRecord: fc.Arbitrary<SpanRecord> = fc.record({
  phase: fc.constantFrom('started', 'progress', 'interrupted', 'ended'),
  seq: fc.nat(),
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: fc.option(hex(16)),
  name: NASTY,
  start: nanos,
  end: fc.option(nanos),
  status: fc.constantFrom('unset', 'ok', 'error'),
  attributes: fc
    .dictionary(fc.constantFrom(...Object.values(ATTR)), VALUE, { maxKeys: 12 })
    .map((given) => ({ ...given })),
})

/** The documents of runs in a results folder. */
export function readDocuments(folder: string): DetailedDocument[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') && !name.startsWith('.runspan'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

/** The rows of a document, as words. */
export function rows(document: DetailedDocument | undefined): string[] | undefined {
  return document?.statuses.map(({ title, status }) => `${title} ${status}`)
}

/** The one element of a list that has no other. */
export function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}
