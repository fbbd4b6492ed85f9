import { diag } from '@opentelemetry/api'
import { ATTR, type DetailedDocument, liveListeners, publishLive } from '@runspan/results/core'
import { describe, expect, test, vi } from 'vitest'
import { keyOf, newId, only, record, rows, runNews, started } from './fixture.testsuite.js'
import { createProcessor, tell } from './processor.testsuite.js'
import { WorkflowResultsProcessor } from './results-processor.js'
import { memorySink } from './sinks/memory-sink.js'

describe('the processor', () => {
  test('has a document when the run ends, before its caller goes on', async () => {
    const { memory, processor } = createProcessor()
    tell(processor, runNews('etl', ['a', 'b']))
    expect(rows(only(memory.documents()))).toEqual(['a success', 'b success'])
    expect(only(memory.documents()).provenance).toEqual({
      road: 'process',
      revision: 1,
      recovered: false,
      sampled: true,
      dropped: 0,
      contradictions: 0,
    })
    await processor.shutdown()
  })

  test('shows a run that goes on, with what is running and how far it is', async () => {
    const { memory, processor } = createProcessor({ firstAfterMs: 0 })
    const [root, a, , b] = runNews('etl', ['a', 'b'])
    if (!root || !a || !b) throw new Error('no news')
    publishLive(root)
    publishLive({ ...b, phase: 'progress', seq: 2, attributes: { ...b.attributes, [ATTR.progress]: 0.5 } })
    await processor.forceFlush()
    const document = only(memory.documents())
    expect(document.run.outcome).toBe('running')
    expect(document.steps[0]).toMatchObject({ name: 'b', outcome: 'running', progress: 0.5 })
    expect(processor.openRuns()).toEqual(['etl (b)'])
    await processor.shutdown()
    const [step] = only(memory.documents()).steps
    expect(step).toMatchObject({ outcome: 'interrupted', progress: 0.5 })
    expect(step?.reason).toBe('still running when shutdown() was called; is an await missing?')
    expect(only(memory.documents()).statuses.at(-1)?.error_message).toBe(step?.reason)
  })

  test('opens a finished run again for a late span: a new revision, no step lost', async () => {
    const { memory, processor } = createProcessor()
    const news = runNews('etl', ['a', 'late'])
    const late = news.splice(4, 1)
    tell(processor, news)
    expect(rows(memory.documents()[0])).toEqual(['a success', 'late running'])
    tell(processor, late)
    await processor.forceFlush()
    const document = only(memory.documents())
    expect(rows(document)).toEqual(['a success', 'late success'])
    expect(document.provenance.revision).toBeGreaterThan(1)
    await processor.shutdown()
  })

  test('says how many steps a run counted that nobody saw', async () => {
    const { memory, processor } = createProcessor()
    const news = runNews('etl', ['a', 'b'])
    tell(
      processor,
      [news[0], news[3], news[4], news[5]].flatMap((one) => one ?? []),
    )
    expect(only(memory.documents()).provenance).toMatchObject({ dropped: 1, sampled: false })
    await processor.shutdown()
  })

  test('costs as many writes as the rest rule allows, however many steps there are', async () => {
    let writes = 0
    const { processor } = createProcessor({
      sinks: [
        () => {
          writes += 1
        },
      ],
      firstAfterMs: 0,
    })
    tell(
      processor,
      runNews(
        'etl',
        Array.from({ length: 3_000 }, (_, i) => `step ${i}`),
      ),
    )
    await processor.forceFlush()
    expect(writes).toBeLessThan(10)
    await processor.shutdown()
  })

  test('a run inside a run is a row of the outer document and a document of its own', async () => {
    const { memory, processor } = createProcessor()
    const outer = runNews('outer', [])
    const inner = record({
      kind: 'run',
      name: 'inner',
      runKey: keyOf(outer),
      traceId: outer[0]?.traceId as string,
      attributes: { [ATTR.ordinal]: 1, [ATTR.parentId]: outer[0]?.spanId },
    })
    tell(processor, [outer[0] as never, started(inner), inner, outer[1] as never])
    const named = Object.fromEntries(memory.documents().map((document) => [document.run.name, document]))
    expect(rows(named.outer)).toEqual(['inner success'])
    expect(named.inner?.run.parent).toEqual({ run_key: keyOf(outer), span_id: outer[0]?.spanId })
    await processor.shutdown()
  })

  test('a step of another language, without a run key, follows the parent it was called in, in any order', async () => {
    const { memory, processor } = createProcessor()
    const news = runNews('etl', [])
    const root = news[0] as ReturnType<typeof record>
    const below = record({ name: 'b', traceId: root.traceId, attributes: { [ATTR.runKey]: undefined } })
    const { [ATTR.runKey]: _, ...attributes } = below.attributes
    const b = { ...below, attributes, parentSpanId: newId(8) }
    const a = {
      ...b,
      spanId: b.parentSpanId,
      name: 'a',
      parentSpanId: root.spanId,
      attributes: { ...attributes, [ATTR.name]: 'a' },
    }
    tell(processor, [root, b, a, news[1] as never])
    await processor.forceFlush()
    expect(rows(only(memory.documents()))?.sort()).toEqual(['a success', 'b success'])
    await processor.shutdown()
  })

  test('never throws into a span, whatever is in it', async () => {
    const { processor } = createProcessor()
    const hostile = [
      { attributes: { [ATTR.kind]: 'run' }, spanContext: () => ({ traceId: 'x', spanId: 'y' }) },
      {
        attributes: { [ATTR.kind]: {} },
        name: 'n',
        startTime: [Number.NaN, 0],
        endTime: [0, 0],
        status: {},
        spanContext: () => ({ traceId: '', spanId: '' }),
      },
    ]
    for (const span of hostile) {
      expect(() => processor.onStart(span as never)).not.toThrow()
      expect(() => processor.onEnd(span as never)).not.toThrow()
    }
    await processor.shutdown()
  })

  test('a sink that never answers delays flush and shutdown by no more than the deadline', async () => {
    const { memory, processor } = createProcessor({
      sinks: [() => new Promise<void>(() => undefined)],
      deadlineMs: 30,
    })
    tell(processor, runNews('etl', ['a']))
    const began = performance.now()
    await processor.forceFlush()
    await Promise.all([processor.shutdown(), processor.shutdown()])
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(processor.status()).toMatchObject({ written: 1, waiting: 1 })
    expect(memory.documents()).toEqual([])
  })

  test('listens no longer than it lives', async () => {
    const before = liveListeners().size
    const { processor } = createProcessor()
    expect(liveListeners().size).toBe(before + 1)
    await processor.shutdown()
    expect(liveListeners().size).toBe(before)
  })

  test('running documents of many runs take a twentieth of the time together, and each has its turn', async () => {
    const written = new Map<string, number>()
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    const slow = ({ run }: DetailedDocument) => {
      now += 10
      written.set(run.key, (written.get(run.key) ?? 0) + 1)
    }
    const processor = new WorkflowResultsProcessor({ folder: false, sinks: [slow], firstAfterMs: 0 })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const runs = Array.from({ length: 20 }, () => runNews('etl', ['a', 'b']))
    for (const news of runs) publishLive(news[0] as never)
    let spent = 0
    for (let tick = 0; tick < 100; tick += 1) {
      for (const [n, news] of runs.entries()) publishLive({ ...(news[0] as (typeof news)[0]), seq: tick + n + 1 })
      const before = now
      vi.advanceTimersByTime(250)
      spent += now - before
      now = Math.max(now, (tick + 1) * 250)
    }
    vi.useRealTimers()
    clock.mockRestore()
    expect(spent / 25_000).toBeLessThan(0.06)
    expect(written.size).toBe(20)
    expect(Math.max(...written.values()) - Math.min(...written.values())).toBeLessThanOrEqual(1)
    await processor.shutdown()
  })

  test('without a folder nobody is told what it did for another process; it is counted and kept no longer than it must', async () => {
    const { memory, processor } = createProcessor({ firstAfterMs: 0, lateMs: 0 })
    tell(processor, runNews('etl', ['a']).slice(1, 3))
    await vi.waitFor(() => expect(processor.status().runs).toBe(0), { timeout: 5_000 })
    expect(processor.status()).toMatchObject({ dropped: 1, written: 0 })
    tell(processor, runNews('etl', ['b']).slice(1, 3))
    await processor.shutdown()
    expect(processor.status()).toMatchObject({ dropped: 2, written: 0 })
    expect(memory.documents()).toEqual([])
  })

  test('over its memory limit it still ends what it holds, has room again, and takes the next run whole', async () => {
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const { memory, processor } = createProcessor({ maxBytes: 4_000 })
    const names = Array.from({ length: 40 }, (_, i) => `step ${i}`)
    tell(processor, runNews('big', names))
    const big = only(memory.documents())
    expect(big.run.outcome).toBe('success')
    expect(big.statuses.length).toBeGreaterThan(2)
    expect(big.statuses.length).toBeLessThan(40)
    expect(rows(big)?.every((row) => row.endsWith(' success'))).toBe(true)
    const { dropped } = processor.status()
    expect(dropped).toBe((40 - big.statuses.length) * 2)
    expect(error).toHaveBeenCalledTimes(1)
    await vi.waitFor(() => expect(processor.status().runs).toBe(0), { timeout: 5_000 })
    const next = runNews('next', ['a', 'b'])
    tell(processor, next)
    expect(rows(memory.documents().find(({ run }) => run.key === keyOf(next)))).toEqual(['a success', 'b success'])
    expect(processor.status().dropped).toBe(dropped)
    await processor.shutdown()
  })

  test('a sink that always fails holds no run for ever, and what it did not take is counted', async () => {
    vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const memory = memorySink()
    const failing = () => {
      throw new Error('no')
    }
    const { processor } = createProcessor({ sinks: [failing, memory], lateMs: 0 })
    tell(processor, runNews('etl', ['a']))
    expect(processor.status()).toMatchObject({ runs: 1, waiting: 1, dropped: 0 })
    await vi.waitFor(() => expect(processor.status().runs).toBe(0), { timeout: 5_000 })
    expect(processor.status()).toMatchObject({ waiting: 0, dropped: 1 })
    expect(only(memory.documents()).run.name).toBe('etl')
    await processor.shutdown()
  })
})
