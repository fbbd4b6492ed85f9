import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ATTR, publishLive, type SpanRecord } from '@runspan/results/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord, only, record, runNews, started, temporaryFolder } from '../fixture.testsuite.js'
import { end, tell } from '../processor.testsuite.js'
import { WorkflowResultsProcessor } from '../results-processor.js'
import { type Journal, openJournal, parseJournal, readJournal, recordsIn } from './journal.js'

const written = (journal: Journal) => [...recordsIn(readJournal(journal.path).entries)]

/** A later record of the same span: what two drawn records agree in is left to chance, as in any program. */
const later = fc.record({
  before: anyRecord,
  given: anyRecord,
  same: fc.record({ name: fc.boolean(), parent: fc.boolean(), start: fc.boolean(), attributes: fc.boolean() }),
})

test('what stands beside an earlier record of the span is read back whole, whatever changed', () => {
  const journal = openJournal(join(temporaryFolder(), 'a.journal'))
  const told: SpanRecord[] = []
  fc.assert(
    fc.property(later, ({ before, given, same }) => {
      const after = {
        ...given,
        traceId: before.traceId,
        spanId: before.spanId,
        name: same.name ? before.name : given.name,
        parentSpanId: same.parent ? before.parentSpanId : given.parentSpanId,
        start: same.start ? before.start : given.start,
        attributes: same.attributes ? { ...before.attributes, ...given.attributes } : given.attributes,
      }
      journal.record(before)
      journal.record(after, before)
      told.push(before, after)
    }),
  )
  expect(written(journal)).toEqual(told)
  journal.close()
})

test('the end of a step takes less than 100 bytes', () => {
  const journal = openJournal(join(temporaryFolder(), 'a.journal'))
  const [, start, stop] = runNews('etl', ['load']) as [SpanRecord, SpanRecord, SpanRecord]
  journal.record(start)
  const before = journal.size()
  journal.record(stop, start)
  expect(journal.size() - before).toBeLessThan(100)
  journal.close()
})

test('an end whose start is damaged is lost with it and counted, and its neighbours are not', () => {
  const journal = openJournal(join(temporaryFolder(), 'a.journal'))
  const steps = ['a', 'b', 'c'].map((name) => record({ name }))
  for (const one of steps) {
    journal.record(started(one))
    journal.record(one, started(one))
  }
  const bytes = readFileSync(journal.path)
  const at = bytes.indexOf(`${steps[1]?.spanId}0;`)
  bytes[at] = (bytes[at] as number) ^ 1
  const { entries, damaged } = parseJournal(bytes)
  expect([...recordsIn(entries)].map(({ name, phase }) => `${name} ${phase}`)).toEqual([
    'a started',
    'a ended',
    'c started',
    'c ended',
  ])
  expect(damaged).toBe(2)
  journal.close()
})

test('what comes after a damaged record is never read beside another than it was written beside', () => {
  const journal = openJournal(join(temporaryFolder(), 'a.journal'))
  const stop = record({ name: 'a', seq: 2, attributes: { [ATTR.warnings]: '["half of the rows are bad"]' } })
  const start = started({ ...stop, attributes: { [ATTR.kind]: 'step', [ATTR.outcome]: 'success' } })
  const warned: SpanRecord = { ...stop, phase: 'progress', seq: 1, end: null, status: 'unset' }
  journal.record(start)
  journal.record(warned, start)
  journal.record(stop, warned)
  // What stands beside the start is read beside it, whatever was written since.
  const other = { ...stop, seq: 3, attributes: { ...start.attributes, [ATTR.outcome]: 'cancelled' } }
  journal.record(other, start)
  expect(written(journal)).toEqual([start, warned, stop, other])
  const bytes = readFileSync(journal.path)
  const at = bytes.indexOf(`${stop.spanId}1;`)
  bytes[at] = (bytes[at] as number) ^ 1
  expect([...recordsIn(parseJournal(bytes).entries)]).toEqual([start, stop, other])
  journal.close()
})

test('what ends after its run stands for itself: its start may be gone from the journal by then', async () => {
  const folder = temporaryFolder()
  const processor = new WorkflowResultsProcessor({ folder })
  const news = runNews('etl', ['quick'])
  const root = news[0] as SpanRecord
  const runKey = `${root.traceId}-${root.spanId}`
  const attributes = { [ATTR.ordinal]: 2, [ATTR.target]: 'there' }
  const detached = record({ name: 'detached', traceId: root.traceId, parentSpanId: root.spanId, runKey, attributes })
  tell(processor, news.slice(0, -1))
  publishLive(started(detached))
  tell(processor, news.slice(-1))
  await processor.forceFlush()
  const hidden = join(folder, '.runspan')
  const path = join(hidden, only(readdirSync(hidden).filter((name) => name.endsWith('.journal'))))
  const before = readFileSync(path)
  end(processor, detached)
  const rest = readFileSync(path).subarray(before.length)
  writeFileSync(join(folder, 'rest'), rest)
  const records = [...recordsIn(readJournal(join(folder, 'rest')).entries)]
  expect(only(records)).toMatchObject({ phase: 'ended', name: 'detached', attributes })
  await processor.shutdown()
})

test('a step that names no run, below a span that nobody has seen, is written down', async () => {
  const folder = temporaryFolder()
  const processor = new WorkflowResultsProcessor({ folder })
  const { attributes, ...span } = record({ name: 'foreign', parentSpanId: '5'.repeat(16) })
  const { [ATTR.runKey]: _, ...keyless } = attributes
  publishLive(started({ ...span, attributes: keyless }))
  const hidden = join(folder, '.runspan')
  const path = join(hidden, only(readdirSync(hidden).filter((name) => name.endsWith('.journal'))))
  expect([...recordsIn(readJournal(path).entries)]).toMatchObject([{ name: 'foreign', phase: 'started' }])
  await processor.shutdown()
})
