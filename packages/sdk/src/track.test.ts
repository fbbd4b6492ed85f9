import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { type DetailedDocument, foldRuns, fromSpan, type SpanLike } from '@runspan/results/core'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { runStep } from './run.js'
import { trackStep, trackWorkflow } from './track.js'

const exporter = new InMemorySpanExporter()
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(provider)
})
beforeEach(() => exporter.reset())

async function documents(): Promise<DetailedDocument[]> {
  await provider.forceFlush()
  return foldRuns(exporter.getFinishedSpans().map((span) => fromSpan(span as unknown as SpanLike, 'ended', 0)))
}

test('a run becomes a document: retries before their step, nested and skipped steps, outcomes and codes', async () => {
  let tries = 0
  const extract = trackStep('extract', { retry: { delay: 1 }, target: (url: string) => url }, async (url: string) => {
    tries += 1
    if (tries < 3) throw Object.assign(new Error('busy'), { status: 503 })
    return url.length
  })
  const failure = new Error('no')
  const etl = trackWorkflow('etl', { version: '1' }, async (day: string) => {
    const rows = await extract(day)
    const caught = await runStep('load', () => runStep('inner', () => Promise.reject(failure)).catch((error) => error))
    expect(caught).toBe(failure)
    runStep('notify', (step) => step.skip('nobody is there'))
    return rows
  })
  expect(await etl('monday')).toBe(6)
  const [document] = await documents()
  expect(document?.run).toMatchObject({ name: 'etl', version: '1', outcome: 'success' })
  expect(document?.statuses.map((row) => [row.run_id, row.status, row.error_code, row.target])).toEqual([
    ['0001_retry_0', 'retry', 503, null],
    ['0001_retry_1', 'retry', 503, null],
    ['0001', 'success', null, 'monday'],
    ['0002', 'success', null, null],
    ['0003', 'failed', 500, null],
    ['0004', 'skipped', null, null],
  ])
  expect(document?.provenance).toMatchObject({ dropped: 0, contradictions: 0 })
})

test('a sync function stays sync, and what it throws is the same', () => {
  const failure = { odd: true }
  const step = trackStep('sync', (give: boolean) => {
    if (!give) throw failure
    return 7
  })
  expect(step(true)).toBe(7)
  let thrown: unknown
  try {
    step(false)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBe(failure)
})
