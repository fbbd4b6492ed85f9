import type { DetailedDocument } from '@runspan/results/core'
import { describe, expect, test } from 'vitest'
import { delivery } from './deliver.testsuite.js'
import { createLane } from './lane.js'
import { createOutboxLane } from './outbox/lane.js'
import type { Sink } from './sink.js'

/** A sink under test, and what has arrived behind it. */
export interface SinkUnderTest {
  readonly sink: Sink
  /** The documents that are there now, the latest of each run. */
  arrived(): DetailedDocument[] | Promise<DetailedDocument[]>
}

/** What holds for every sink, whatever is behind it. */
export function testSink(name: string, create: () => SinkUnderTest | Promise<SinkUnderTest>): void {
  describe(`the ${name} sink`, () => {
    const open = async () => {
      const { sink, arrived } = await create()
      const said: string[] = []
      const report = (message: string) => void said.push(message)
      const lane = sink.outbox ? createOutboxLane(sink, sink.outbox, undefined, report) : createLane(sink, report)
      const settle = async () => {
        await lane.drain(AbortSignal.timeout(5_000))
        return arrived()
      }
      return { lane, settle, said, sink }
    }
    const keys = (documents: readonly DetailedDocument[]) => documents.map(({ run }) => run.key).sort()

    test('has a name that can be shown', async () => {
      expect((await create()).sink.name).toMatch(/^[^\n]{3,200}$/)
    })

    test('keeps each finished document, as it was given', async () => {
      const { lane, settle, said } = await open()
      const [one, two] = [delivery('etl', { steps: ['a', 'b'] }), delivery('other')]
      expect(lane.offer(one)).toBe(true)
      expect(lane.offer(two)).toBe(true)
      const documents = await settle()
      expect(keys(documents)).toEqual([one.key, two.key].sort())
      expect(documents.find(({ run }) => run.key === one.key)).toEqual(one.document)
      expect(said).toEqual([])
      await lane.close()
    })

    test('shows the latest revision of a document', async () => {
      const { lane, settle } = await open()
      const first = delivery('etl')
      lane.offer(first)
      await settle()
      const provenance = { ...first.document.provenance, revision: 2 }
      lane.offer({ ...first, document: { ...first.document, provenance } })
      const documents = await settle()
      expect(documents.map((document) => document.provenance.revision)).toEqual([2])
      await lane.close()
    })

    test('takes many documents at once and loses none', async () => {
      const { lane, settle } = await open()
      const many = Array.from({ length: 40 }, (_, i) => delivery(`run ${i}`))
      for (const one of many) lane.offer(one)
      expect(keys(await settle())).toEqual(many.map(({ key }) => key).sort())
      expect(lane.counts()).toEqual({ waiting: 0, dropped: 0 })
      await lane.close()
    })
  })
}
