import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diag } from '@opentelemetry/api'
import { ATTR, type DetailedDocument, publishLive } from '@runspan/results/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { keyOf, only, readDocuments, record, rows, runNews, started, temporaryFolder } from './fixture.testsuite.js'
import { openJournal, readJournal } from './journal/journal.js'
import { finishJournal, joinedFolder, joinedJournal } from './journal/layout.js'
import { ownerName } from './journal/owner.js'
import { end, tell } from './processor.testsuite.js'
import { WorkflowResultsProcessor } from './results-processor.js'
import { memorySink } from './sinks/memory-sink.js'

describe('the processor and its folder', () => {
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
    await first.forceFlush()
    expect(readDocuments(folder)).toHaveLength(1)
    await second.shutdown()
    await first.shutdown()
    const third = new WorkflowResultsProcessor({ folder })
    expect(warn).toHaveBeenCalledTimes(1)
    await third.shutdown()
  })

  test('a folder is the same under whatever name, also before it is made', async () => {
    const warn = vi.spyOn(diag, 'warn').mockImplementation(() => undefined)
    const around = temporaryFolder()
    symlinkSync(around, join(around, 'link'))
    const first = new WorkflowResultsProcessor({ folder: join(around, 'link', 'results') })
    const second = new WorkflowResultsProcessor({ folder: join(around, 'results') })
    expect(warn).toHaveBeenCalledTimes(1)
    await Promise.all([first.shutdown(), second.shutdown()])
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
    await processor.forceFlush()
    await processor.shutdown()
    // Documents and journal fail for the same reason: one message has it, and what to do.
    expect(error).toHaveBeenCalledTimes(1)
    expect(String(error.mock.calls[0])).toMatch(/Cannot write result documents.*name another folder.*crash journal/)
  })

  test('a folder that cannot be looked into is said once, however many runs end', async () => {
    const error = vi.spyOn(diag, 'error').mockImplementation(() => undefined)
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder: join(folder, 'x'.repeat(300)), deadlineMs: 50 })
    for (let n = 0; n < 5; n += 1) tell(processor, runNews('etl', ['a']))
    await processor.shutdown()
    const said = error.mock.calls.map(([text]) => String(text).replace(/ '.*/, ''))
    expect(said).toEqual(['runspan: what dead processes have left in', 'runspan: Cannot write result documents into'])
  })

  test('what another machine left when it died a moment ago is told when it has been silent for long enough', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const folder = temporaryFolder()
    const journal = openJournal(join(folder, '.runspan', `${ownerName().replace(/^\w+/, 'another')}.journal`))
    for (const one of runNews('etl', ['a']).slice(0, 2)) journal.append({ kind: 'record', record: one })
    journal.close()
    const processor = new WorkflowResultsProcessor({ folder })
    expect(readDocuments(folder)).toEqual([])
    vi.advanceTimersByTime(6 * 60_000)
    expect(rows(only(readDocuments(folder)))).toEqual(['a interrupted'])
    expect(processor.status().recovered).toBe(1)
    await processor.shutdown()
  })

  test('a document that is on its way to its file when the process ends is there', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder })
    const exit = process.listeners('exit').at(-1) as (code: number) => void
    tell(processor, runNews('etl', ['a']))
    expect(readDocuments(folder)).toEqual([])
    expect(processor.status()).toMatchObject({ written: 0, waiting: 1 })
    exit(0)
    expect(rows(only(readDocuments(folder)))).toEqual(['a success'])
    await processor.shutdown()
    expect(only(readDocuments(folder)).provenance.revision).toBe(1)
    expect(process.listeners('exit')).not.toContain(exit)
  })

  test('however many runs end at once, every document is written, and the journal keeps each until then', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder })
    const runs = Array.from({ length: 300 }, () => runNews('etl', ['a']))
    for (const news of runs) tell(processor, news)
    const journal = join(folder, '.runspan', `${ownerName()}.journal`)
    const written = () => readJournal(journal).entries.filter(({ kind }) => kind === 'written').length
    expect(written()).toBe(processor.status().written)
    expect(written()).toBeGreaterThan(200)
    expect(readDocuments(folder)).toHaveLength(written())
    await processor.forceFlush()
    expect(processor.status()).toMatchObject({ written: 300, waiting: 0, dropped: 0 })
    expect(readDocuments(folder)).toHaveLength(300)
    expect(written()).toBe(300)
    await processor.shutdown()
  })

  test('notes in the journal which file a running document has, when the document does not say whose it is', async () => {
    const folder = temporaryFolder()
    const processor = new WorkflowResultsProcessor({ folder, detail: false, firstAfterMs: 0 })
    const news = runNews('etl', ['a'])
    publishLive(news[0] as never)
    await processor.forceFlush()
    const entries = readJournal(join(folder, '.runspan', `${ownerName()}.journal`)).entries
    const path = processor.pathOf(keyOf(news))
    expect(path).toContain(folder)
    expect(entries.at(-1)).toEqual({ kind: 'placed', key: keyOf(news), path })
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
    journal.append({ kind: 'record', record: news[1] as never })
    await vi.waitFor(() => expect(rows(readDocuments(folder)[0])).toEqual(['of the child running']), { timeout: 5_000 })
    journal.append({ kind: 'record', record: news[2] as never })
    journal.close()
    finishJournal(journal.path)
    tell(processor, [news[3] as never])
    await processor.forceFlush()
    expect(rows(only(readDocuments(folder)))).toEqual(['of the child success'])
    expect(existsSync(joinedFolder(folder, keyOf(news)))).toBe(false)
    await processor.shutdown()
  })
})
