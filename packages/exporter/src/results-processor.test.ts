import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diag } from '@opentelemetry/api'
import { ATTR, type DetailedDocument, liveListeners, publishLive } from '@runspan/results/core'
import { describe, expect, test, vi } from 'vitest'
import {
  keyOf,
  newId,
  only,
  readDocuments,
  record,
  rows,
  runNews,
  started,
  temporaryFolder,
} from './fixture.testsuite.js'
import { openJournal } from './journal/journal.js'
import { finishJournal, joinedFolder, joinedJournal } from './journal/layout.js'
import { toRecordText } from './journal/record-text.js'
import { WorkflowResultsProcessor } from './results-processor.js'
import { memorySink } from './sinks/memory-sink.js'

describe('the processor', () => {
  const create = (options: ConstructorParameters<typeof WorkflowResultsProcessor>[0] = {}) => {
    const memory = memorySink()
    const processor = new WorkflowResultsProcessor({ folder: false, sinks: [memory], ...options })
    return { memory, processor }
  }
  /** Ends a span as an SDK would: `onEnd` gets what live news have told before. */
  const end = (processor: WorkflowResultsProcessor, one: ReturnType<typeof record>) =>
    processor.onEnd({
      name: one.name,
      startTime: [Number(one.start.slice(0, -9)), Number(one.start.slice(-9))],
      endTime: [Number(one.end?.slice(0, -9)), Number(one.end?.slice(-9))],
      status: { code: one.status === 'error' ? 2 : 0 },
      attributes: one.attributes,
      parentSpanContext: one.parentSpanId === null ? undefined : { spanId: one.parentSpanId },
      spanContext: () => one,
    })
  const tell = (processor: WorkflowResultsProcessor, news: readonly ReturnType<typeof record>[]) => {
    for (const one of news) one.phase === 'ended' ? end(processor, one) : publishLive(one)
  }

  test('has a document when the run ends, before its caller goes on', async () => {
    const { memory, processor } = create()
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
    const { memory, processor } = create({ firstAfterMs: 0 })
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
    expect(only(memory.documents()).steps[0]).toMatchObject({ outcome: 'interrupted', progress: 0.5 })
  })

  test('opens a finished run again for a late span: a new revision, no step lost', async () => {
    const { memory, processor } = create()
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
    const { memory, processor } = create()
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
    const { processor } = create({
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

  test('a step outside any run is a line of its own, written once', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder, firstAfterMs: 0 })
    const loose = record({ name: 'alone', attributes: { [ATTR.ordinal]: 1 } })
    publishLive(started(loose))
    await processor.forceFlush()
    end(processor, loose)
    await processor.shutdown()
    const lines = readdirSync(folder).filter((name) => /^steps-\d{4}-\d\d-\d\d-\d+\.jsonl$/.test(name))
    const text = readFileSync(join(folder, only(lines)), 'utf8')
    const line = JSON.parse(only(text.trimEnd().split('\n'))) as DetailedDocument
    expect(rows(line)).toEqual(['alone success'])
    expect(statSync(join(folder, only(lines))).mode & 0o777).toBe(0o600)
  })

  test('a run inside a run is a row of the outer document and a document of its own', async () => {
    const { memory, processor } = create()
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
    const { memory, processor } = create()
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
    const { processor } = create()
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
    const { memory, processor } = create({
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
    const { processor } = create()
    expect(liveListeners().size).toBe(before + 1)
    await processor.shutdown()
    expect(liveListeners().size).toBe(before)
  })

  test('a second one on the same folder says so once and writes no document', async () => {
    const warn = vi.spyOn(diag, 'warn').mockImplementation(() => undefined)
    const folder = temporaryFolder()
    const first = new WorkflowResultsProcessor({ folder })
    const second = new WorkflowResultsProcessor({ folder })
    expect(warn).toHaveBeenCalledTimes(1)
    tell(
      first,
      runNews('etl', ['a']).map((one) => one),
    )
    expect(readDocuments(folder)).toHaveLength(1)
    await second.shutdown()
    await first.shutdown()
    const third = new WorkflowResultsProcessor({ folder })
    expect(warn).toHaveBeenCalledTimes(1)
    await third.shutdown()
  })

  test('keeps a journal while runs go on, and nothing of it when it ends in order', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder })
    publishLive(runNews('etl', ['a'])[0] as never)
    const hidden = join(folder, '.runspan')
    const journal = readdirSync(hidden).filter((name) => name.endsWith('.journal'))
    expect(journal).toHaveLength(1)
    expect(readFileSync(join(hidden, only(journal)), 'latin1')).toContain('etl')
    expect(statSync(hidden).mode & 0o777).toBe(0o700)
    await processor.shutdown()
    expect(readdirSync(hidden).filter((name) => name.includes('.journal'))).toEqual([])
  })

  test('goes on without a journal that cannot be written, and says so once', async () => {
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const folder = temporaryFolder()
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '.runspan'), 'in the way')
    const memory = memorySink()
    const processor = new WorkflowResultsProcessor({ folder, sinks: [memory] })
    tell(processor, runNews('etl', ['a']))
    tell(processor, runNews('etl', ['b']))
    expect(memory.documents()).toHaveLength(2)
    expect(processor.status().unjournalled).toBeGreaterThan(0)
    expect(error.mock.calls.filter((call) => String(call).includes('crash journal'))).toHaveLength(1)
    await processor.shutdown()
  })

  test('leaves the document of a run that another process owns to that process', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder })
    const [, ...steps] = runNews('etl', ['a']).slice(0, 3)
    tell(processor, steps)
    await processor.forceFlush()
    expect(readDocuments(folder)).toEqual([])
    const key = steps[0]?.attributes[ATTR.runKey] as string
    expect(existsSync(join(folder, '.runspan', 'joined', key))).toBe(true)
    await processor.shutdown()
  })

  test('without a folder nobody is told what it did for another process; it is counted and kept no longer than it must', async () => {
    const { memory, processor } = create({ firstAfterMs: 0, lateMs: 0 })
    tell(processor, runNews('etl', ['a']).slice(1, 3))
    await vi.waitFor(() => expect(processor.status().runs).toBe(0), { timeout: 5_000 })
    expect(processor.status()).toMatchObject({ dropped: 1, written: 0 })
    tell(processor, runNews('etl', ['b']).slice(1, 3))
    await processor.shutdown()
    expect(processor.status()).toMatchObject({ dropped: 2, written: 0 })
    expect(memory.documents()).toEqual([])
  })

  test('the document of a run that only its owner can tell of goes to the files alone', async () => {
    const folder = temporaryFolder()
    const messages: string[] = []
    const outbox = {
      id: 'told',
      message: ({ key }: { key: string }) => ({ id: key, body: '' }),
      send: async ({ id }: { id: string }) => void messages.push(id),
    }
    const memory = memorySink()
    const processor = new WorkflowResultsProcessor({
      folder,
      sinks: [memory, { name: 'outbox', write: () => undefined, outbox }],
    })
    tell(processor, runNews('etl', ['a']).slice(1, 3))
    const own = runNews('own', [])
    tell(processor, own)
    await processor.shutdown()
    const names = readDocuments(folder).map(({ run }) => run.name)
    expect(names.sort()).toEqual(['own', 'unknown'])
    expect(only(memory.documents()).run.name).toBe('own')
    expect(messages).toEqual([keyOf(own)])
  })

  test('a span that comes after its run was forgotten replaces nothing; the document has it in the end', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder, lateMs: 0, firstAfterMs: 0 })
    const news = runNews('etl', ['a', 'late'])
    const inTime = news.filter((_, index) => index !== 3 && index !== 4)
    tell(processor, inTime)
    await vi.waitFor(() => expect(processor.status().runs).toBe(0), { timeout: 5_000 })
    tell(processor, news.slice(3, 5))
    await processor.forceFlush()
    expect(processor.status()).toMatchObject({ runs: 0, dropped: 0 })
    expect(only(readDocuments(folder)).run).toMatchObject({ name: 'etl', outcome: 'success' })
    expect(rows(only(readDocuments(folder)))).toEqual(['a success'])
    await processor.shutdown()
    const document = only(readDocuments(folder))
    expect(document.run).toMatchObject({ name: 'etl', outcome: 'success' })
    expect(rows(document)).toEqual(['a success', 'late success'])
    expect(existsSync(joinedFolder(folder, keyOf(news)))).toBe(false)
  })

  test('over its memory limit it still ends what it holds, has room again, and takes the next run whole', async () => {
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const { memory, processor } = create({ maxBytes: 4_000 })
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
    const { processor } = create({ sinks: [failing, memory], lateMs: 0 })
    tell(processor, runNews('etl', ['a']))
    expect(processor.status()).toMatchObject({ runs: 1, waiting: 1, dropped: 0 })
    await vi.waitFor(() => expect(processor.status().runs).toBe(0), { timeout: 5_000 })
    expect(processor.status()).toMatchObject({ waiting: 0, dropped: 1 })
    expect(only(memory.documents()).run.name).toBe('etl')
    await processor.shutdown()
  })

  test('hands over what it did for another process as soon as nothing of it is open, and holds no file for it', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder })
    const steps = runNews('etl', ['a']).slice(1, 3)
    const joined = join(folder, '.runspan', 'joined', steps[0]?.attributes[ATTR.runKey] as string)
    tell(processor, steps)
    await vi.waitFor(() => expect(only(readdirSync(joined))).toContain('.journal.done.'), { timeout: 5_000 })
    tell(
      processor,
      runNews('etl', ['b'])
        .slice(1, 3)
        .map((one) => ({ ...one, attributes: { ...one.attributes, [ATTR.runKey]: joined.slice(-49) } })),
    )
    await processor.shutdown()
    // Nobody owns the run: its document is made of both parts.
    expect(rows(only(readDocuments(folder)))).toEqual(['unknown interrupted', 'a success', 'b success'])
    expect(existsSync(joined)).toBe(false)
  })

  test('folds in what other processes did for its runs while they go on', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder, firstAfterMs: 0 })
    const news = runNews('etl', ['of the child'])
    publishLive(news[0] as never)
    const journal = openJournal(joinedJournal(folder, keyOf(news)))
    journal.append({ kind: 'record', text: toRecordText(news[1] as never) })
    await vi.waitFor(() => expect(rows(readDocuments(folder)[0])).toEqual(['of the child running']), { timeout: 5_000 })
    journal.append({ kind: 'record', text: toRecordText(news[2] as never) })
    journal.close()
    finishJournal(journal.path)
    tell(processor, [news[3] as never])
    expect(rows(only(readDocuments(folder)))).toEqual(['of the child success'])
    expect(existsSync(joinedFolder(folder, keyOf(news)))).toBe(false)
    await processor.shutdown()
  })
})
