import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { context, diag, type Span, trace } from '@opentelemetry/api'
import { AlwaysOffSampler, BatchSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { ATTR } from '@runspan/results/core'
import { describe, expect, test, vi } from 'vitest'
import { createTracer, newId, only, readDocuments, rows, simple, temporaryFolder } from './fixture.testsuite.js'
import { WorkflowResultsExporter } from './results-exporter.js'
import { WorkflowResultsProcessor } from './results-processor.js'
import { memorySink } from './sinks/memory-sink.js'
import { workflowSampler } from './workflow-sampler.js'

/** A run as another language writes it: plain spans with our attributes. */
function plainRun(tracer: ReturnType<typeof createTracer>['tracer'], work: (run: Span, key: string) => void): string {
  const run = tracer.startSpan('etl', { attributes: { [ATTR.kind]: 'run', [ATTR.name]: 'etl', [ATTR.runId]: 'r1' } })
  const { traceId, spanId } = run.spanContext()
  const key = `${traceId}-${spanId}`
  run.setAttribute(ATTR.runKey, key)
  work(run, key)
  run.end()
  return key
}

const step = (tracer: ReturnType<typeof createTracer>['tracer'], run: Span, key: string, name: string, ordinal = 1) => {
  const identity = { [ATTR.kind]: 'step', [ATTR.runKey]: key, [ATTR.ordinal]: ordinal }
  const attributes = { ...identity, [ATTR.parentId]: run.spanContext().spanId }
  return tracer.startSpan(name, { attributes }, trace.setSpan(context.active(), run))
}

describe.each(['exporter behind Simple', 'exporter behind Batch', 'processor'])('the %s', (road) => {
  const build = (folder: string) => {
    if (road === 'processor') return new WorkflowResultsProcessor({ folder })
    const exporter = new WorkflowResultsExporter({ folder })
    return road.endsWith('Simple') ? simple(exporter) : new BatchSpanProcessor(exporter as never)
  }

  test('writes one document per run, with its steps', async () => {
    const folder = temporaryFolder()
    const { provider, tracer } = createTracer([build(folder)])
    const key = plainRun(tracer, (run, runKey) => {
      step(tracer, run, runKey, 'extract').end()
      step(tracer, run, runKey, 'load', 2).setStatus({ code: 2 }).end()
    })
    await provider.forceFlush()
    const document = only(readDocuments(folder))
    expect(document.run).toMatchObject({ key, id: 'r1', outcome: 'success' })
    expect(rows(document)).toEqual(['extract success', 'load failed'])
    expect(document.provenance).toMatchObject({ road: 'process', recovered: false })
  })

  test('takes no notice of spans of others', async () => {
    const folder = temporaryFolder()
    const { provider, tracer } = createTracer([build(folder)])
    tracer.startSpan('GET /').end()
    await provider.forceFlush()
    expect(readDocuments(folder)).toEqual([])
  })

  test('writes what has not ended as interrupted when it is shut down, and takes nothing after it', async () => {
    const folder = temporaryFolder()
    const { provider, tracer } = createTracer([build(folder)])
    plainRun(tracer, (run, key) => {
      step(tracer, run, key, 'extract').end()
    })
    const late = tracer.startSpan('open', { attributes: { [ATTR.kind]: 'step', [ATTR.parentId]: newId(8) } })
    await provider.shutdown()
    late.end()
    expect(readDocuments(folder)).toHaveLength(1)
    await provider.shutdown()
  })
})

test('the journal of a run that no file took in time is left for the next start', async () => {
  vi.spyOn(diag, 'error').mockImplementation(() => undefined)
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'etl'), 'a file where the folder should be')
  const processor = new WorkflowResultsProcessor({ folder, lateMs: 0 })
  const { provider, tracer } = createTracer([processor])
  const key = plainRun(tracer, () => undefined)
  await vi.waitFor(() => expect(processor.status()).toMatchObject({ runs: 0, dropped: 1 }), { timeout: 5_000 })
  await provider.shutdown()
  const hidden = join(folder, '.runspan')
  const journal = only(readdirSync(hidden).filter((name) => name.includes('.journal')))
  expect(readFileSync(join(hidden, journal), 'latin1')).toContain(key.slice(-16))
  // Nor does another processor of this thread, which has a journal of its own, take it away.
  await new WorkflowResultsProcessor({ folder }).shutdown()
  expect(readdirSync(hidden).filter((name) => name.includes('.journal'))).toHaveLength(1)
  rmSync(join(folder, 'etl'))
  await new WorkflowResultsProcessor({ folder }).shutdown()
  expect(readDocuments(folder).map(({ run }) => run.key)).toEqual([key])
  expect(readdirSync(hidden).filter((name) => name.includes('.journal'))).toEqual([])
})

describe('the exporter', () => {
  test('answers success although no sink takes the document, and offers it again', async () => {
    const folder = temporaryFolder()
    const place = join(folder, 'results')
    writeFileSync(place, 'a file where the folder should be')
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const exporter = new WorkflowResultsExporter({ folder: place })
    const { provider, tracer } = createTracer([simple(exporter)])
    plainRun(tracer, () => undefined)
    expect(exporter.status()).toMatchObject({ written: 0, waiting: 1 })
    await vi.waitFor(() =>
      expect(error.mock.calls.map(String).join()).toMatch(
        /Cannot write result documents into '.*results'.*name another folder/,
      ),
    )
    rmSync(place)
    await provider.forceFlush()
    expect(exporter.status()).toMatchObject({ written: 1, waiting: 0 })
    expect(readDocuments(place)).toHaveLength(1)
  })

  test('keeps no more than it may, counts what it leaves out, and says so once', () => {
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const exporter = new WorkflowResultsExporter({ folder: false, maxBytes: 20_000 })
    const { tracer } = createTracer([simple(exporter)])
    const run = tracer.startSpan('etl', { attributes: { [ATTR.kind]: 'run' } })
    const { traceId, spanId } = run.spanContext()
    for (let i = 0; i < 200; i += 1) step(tracer, run, `${traceId}-${spanId}`, `step ${i}`).end()
    expect(exporter.status().dropped).toBeGreaterThan(50)
    expect(exporter.status().dropped).toBeLessThan(200)
    expect(error).toHaveBeenCalledTimes(1)
  })

  test('a run whose root never comes gives its place up when the memory is full: its document stands under unknown', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const folder = temporaryFolder()
    const exporter = new WorkflowResultsExporter({ folder, maxBytes: 20_000, firstAfterMs: 1e9, lateMs: 0 })
    const { provider, tracer } = createTracer([simple(exporter)])
    const lost = tracer.startSpan('etl', { attributes: { [ATTR.kind]: 'run' } })
    const key = `${lost.spanContext().traceId}-${lost.spanContext().spanId}`
    for (let i = 0; i < 100; i += 1) step(tracer, lost, key, `step ${i}`, i + 1).end()
    await vi.waitFor(() => expect(exporter.status().runs).toBe(0), { timeout: 5_000 })
    const document = only(readDocuments(folder))
    expect(existsSync(join(folder, 'unknown', `${key}.json`))).toBe(true)
    expect(document.run).toMatchObject({ outcome: 'interrupted', reason: null })
    expect(document.statuses.length).toBeGreaterThan(10)
    const { dropped } = exporter.status()
    plainRun(tracer, (run, own) => step(tracer, run, own, 'a').end())
    await provider.forceFlush()
    expect(exporter.status().dropped).toBe(dropped)
    expect(
      readDocuments(folder)
        .map(({ run }) => run.name)
        .sort(),
    ).toEqual(['etl', 'unknown'])
    await provider.shutdown()
  })

  test('a root that comes after its run was given up makes one document of all that was seen', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const folder = temporaryFolder()
    const exporter = new WorkflowResultsExporter({ folder, maxBytes: 2_000, firstAfterMs: 1e9, lateMs: 0 })
    const { provider, tracer } = createTracer([simple(exporter)])
    const root = tracer.startSpan('etl', { attributes: { [ATTR.kind]: 'run', [ATTR.name]: 'etl', [ATTR.runId]: 'r1' } })
    const key = `${root.spanContext().traceId}-${root.spanContext().spanId}`
    const names = Array.from({ length: 9 }, (_, i) => `step ${i}`)
    for (const [i, name] of names.entries()) step(tracer, root, key, name, i + 1).end()
    await vi.waitFor(() => expect(exporter.status().runs).toBe(0), { timeout: 5_000 })
    const before = only(readDocuments(folder)).statuses.filter(({ status }) => status === 'success')
    expect(before.length).toBeGreaterThan(2)
    root.setAttribute(ATTR.runKey, key).setAttribute(ATTR.outcome, 'success').end()
    await provider.forceFlush()
    const document = only(readDocuments(folder))
    expect(document.run).toMatchObject({ id: 'r1', name: 'etl', outcome: 'success' })
    expect(document.statuses).toEqual(before)
    await provider.shutdown()
  })

  test('a span that comes after its run was forgotten leaves the finished document alone; it is counted, said once', async () => {
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const folder = temporaryFolder()
    const exporter = new WorkflowResultsExporter({ folder, lateMs: 0, firstAfterMs: 0 })
    const { provider, tracer } = createTracer([simple(exporter)])
    const late: Span[] = []
    plainRun(tracer, (run, key) => {
      step(tracer, run, key, 'a').end()
      late.push(step(tracer, run, key, 'late', 2), step(tracer, run, key, 'later', 3))
    })
    await vi.waitFor(() => expect(exporter.status().runs).toBe(0), { timeout: 5_000 })
    for (const span of late) span.end()
    await provider.forceFlush()
    expect(exporter.status()).toMatchObject({ runs: 0, dropped: 2 })
    expect(error).toHaveBeenCalledTimes(1)
    expect(error.mock.calls.join()).toContain('came after their run was forgotten')
    await provider.shutdown()
    expect(only(readDocuments(folder)).run).toMatchObject({ id: 'r1', name: 'etl', outcome: 'success' })
  })

  test('steps that name no run have a bound of their own: runs are taken in whatever waits there', async () => {
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const memory = memorySink()
    const exporter = new WorkflowResultsExporter({ folder: false, sinks: [memory] })
    const { tracer } = createTracer([simple(exporter)])
    const foreign = tracer.startSpan('not of ours')
    const within = trace.setSpan(context.active(), foreign)
    for (let i = 0; i < 10_003; i += 1) tracer.startSpan('s', { attributes: { [ATTR.kind]: 'step' } }, within).end()
    expect(exporter.status().dropped).toBe(3)
    expect(error).toHaveBeenCalledTimes(1)
    expect(error.mock.calls.join()).toContain('name no run')
    plainRun(tracer, (run, key) => step(tracer, run, key, 'a').end())
    expect(rows(only(memory.documents()))).toEqual(['a success'])
  })

  test('knows nothing of a run that is not recorded; the sampler makes it whole, and leaves spans of others alone', async () => {
    const [without, withIt] = [memorySink(), memorySink()]
    const bare = createTracer(
      [new WorkflowResultsProcessor({ folder: false, sinks: [without] })],
      new AlwaysOffSampler(),
    )
    plainRun(bare.tracer, () => undefined)
    expect(without.documents()).toEqual([])

    const seen: string[] = []
    const spy = {
      onStart: (span: { name: string }) => void seen.push(span.name),
      onEnd: () => undefined,
      forceFlush: async () => undefined,
      shutdown: async () => undefined,
    }
    const { tracer } = createTracer(
      [new WorkflowResultsProcessor({ folder: false, sinks: [withIt] }), spy],
      workflowSampler(new AlwaysOffSampler()),
    )
    plainRun(tracer, (run) => expect(run.spanContext().traceFlags).toBe(0))
    tracer.startSpan('GET /').end()
    expect(only(withIt.documents()).run.outcome).toBe('success')
    expect(seen).toEqual(['etl'])
  })
})
