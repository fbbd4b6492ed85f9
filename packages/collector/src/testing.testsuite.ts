import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ATTR, type RecordValue, type SpanRecord, toRunKey } from '@runspan/results/core'
import { onTestFinished } from 'vitest'
import { type Collector, type CollectorOptions, startCollector } from './start-collector.js'

/** A folder of its own for one test, removed after it. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runspan-collector-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A collector on a free port with a store of its own, closed after the test. */
export async function openCollector(options: Partial<CollectorOptions> = {}): Promise<Collector> {
  const collector = await startCollector({ store: join(makeFolder(), 'store.db'), port: 0, ...options })
  onTestFinished(() => collector.close())
  return collector
}

export const traceOf = (run: number): string => run.toString(16).padStart(32, '0')
export const spanOf = (step: number): string => (step + 0xabc000).toString(16).padStart(16, '0')

interface SpanMaking {
  run: number
  step: number
  name?: string
  start?: number
  more?: Record<string, RecordValue>
}

/** The record of a run's own span (step 0) or of one of its steps. */
export function makeRecord({ run, step, name, start = 1_000, more }: SpanMaking): SpanRecord {
  const traceId = traceOf(run)
  const key = toRunKey({ traceId, spanId: spanOf(0) })
  const seconds = 1_763_000_000 + start
  const own: Record<string, RecordValue> =
    step === 0
      ? { [ATTR.kind]: 'run', [ATTR.runId]: `run-${run}` }
      : { [ATTR.kind]: 'step', [ATTR.ordinal]: step, [ATTR.parentId]: spanOf(0) }
  return {
    phase: 'ended',
    seq: 0,
    traceId,
    spanId: spanOf(step),
    parentSpanId: step === 0 ? null : spanOf(0),
    name: name ?? (step === 0 ? 'etl' : `step ${step}`),
    start: `${seconds}000000000`,
    end: `${seconds}500000000`,
    status: 'unset',
    attributes: {
      ...own,
      [ATTR.runKey]: key,
      [ATTR.name]: name ?? (step === 0 ? 'etl' : `step ${step}`),
      [ATTR.outcome]: 'success',
      ...more,
    },
  }
}

/** A run and its steps. */
export function makeRun(run: number, steps: number, more: Partial<SpanMaking> = {}): SpanRecord[] {
  return Array.from({ length: steps + 1 }, (_, step) => makeRecord({ run, step, ...more }))
}

/** Records as an OTLP request in JSON. */
export function toRequest(records: readonly SpanRecord[], extra: readonly object[] = []): string {
  const spans = records.map((record) => ({
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: record.parentSpanId ?? '',
    name: record.name,
    startTimeUnixNano: record.start,
    endTimeUnixNano: record.end ?? '0',
    status: { code: record.status === 'error' ? 2 : 0 },
    attributes: Object.entries(record.attributes).map(([key, value]) => ({ key, value: toAnyValue(value) })),
  }))
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [...spans, ...extra] }] }] })
}

function toAnyValue(value: RecordValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

export async function send(
  collector: Collector,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  path = '/v1/traces',
): Promise<Response> {
  return fetch(collector.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body as NonNullable<RequestInit['body']>,
  })
}

export async function getJson(collector: Collector, path: string): Promise<any> {
  return (await fetch(collector.url + path)).json()
}
