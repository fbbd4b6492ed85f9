import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { recover, WorkflowResultsProcessor } from '@runspan/exporter'
import { createRunFold, publishLive, type SpanRecord } from '@runspan/results/core'
import { expect, test } from 'vitest'
import { runNews, temporaryFolder } from '../../packages/exporter/src/fixture.testsuite.js'
import { parseJournal, recordsIn } from '../../packages/exporter/src/journal/journal.js'
import { scale } from './scale.js'

/** The bytes of a journal that a real processor wrote while a run went on. */
async function journalOf(news: readonly SpanRecord[]): Promise<{ name: string; bytes: Buffer }> {
  const folder = temporaryFolder()
  const processor = new WorkflowResultsProcessor({ folder })
  for (const record of news) publishLive(record.phase === 'ended' ? { ...record, phase: 'progress' } : record)
  const hidden = join(folder, '.runspan')
  const [name = ''] = readdirSync(hidden).filter((one) => one.endsWith('.journal'))
  const bytes = readFileSync(join(hidden, name))
  await processor.shutdown()
  return { name: name.replace(/\d+\.journal$/, '1.journal'), bytes }
}

test(`journals cut at every byte: never an exception, always a document, and information only grows`, async () => {
  const journals = scale(50, 4)
  let cuts = 0
  for (let n = 0; n < journals; n += 1) {
    const news = runNews(
      `etl ${n}`,
      Array.from({ length: scale(8, 1) + (n % 4) }, (_, i) => `step ${i} ${'x'.repeat((n * 7) % 40)}`),
    )
    const { bytes } = await journalOf(news.slice(0, -1))
    let known = 0
    for (let end = 0; end <= bytes.length; end += 1) {
      cuts += 1
      const records = [...recordsIn(parseJournal(bytes.subarray(0, end)).entries)]
      expect(records.length).toBeGreaterThanOrEqual(known)
      known = records.length
      if (records.length === 0) continue
      const [first] = records as [SpanRecord]
      const fold = createRunFold(`${first.traceId}-${first.spanId}`)
      for (const record of records) fold.add(record)
      expect(fold.document().statuses.length).toBeGreaterThan(0)
    }
    expect(known).toBe(news.length - 1)
  }
  expect(cuts).toBeGreaterThan(scale(100_000, 2_000))
}, 600_000)

test('cut at random bytes and with flipped bits, recover makes valid documents of what is left', async () => {
  const { name, bytes } = await journalOf(runNews('etl', ['a', 'b', 'c']).slice(0, -1))
  for (let n = 0; n < scale(2_000, 60); n += 1) {
    const folder = temporaryFolder()
    const path = join(folder, '.runspan', name)
    mkdirSync(dirname(path), { recursive: true })
    const torn = Buffer.from(bytes.subarray(0, Math.floor(Math.random() * (bytes.length + 1))))
    for (let flips = n % 3; flips > 0 && torn.length > 0; flips -= 1) {
      const at = Math.floor(Math.random() * torn.length)
      torn[at] = (torn[at] as number) ^ (1 << Math.floor(Math.random() * 8))
    }
    writeFileSync(path, torn)
    const { runs } = recover(folder)
    for (const run of runs) {
      const text = readFileSync(run.path as string, 'utf8')
      expect(JSON.parse(text)).toMatchObject({ schema: 'runspan.document/1', run: { outcome: 'interrupted' } })
    }
    expect(readdirSync(join(folder, '.runspan')).filter((one) => one.includes('journal'))).toEqual([])
  }
}, 600_000)
