import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { expect, test } from 'vitest'
import { readConfig } from './config.js'
import { createDelivery } from './delivery.js'

const BATCH = [{}, {}] as ReadableSpan[]
const WELL: ExportResult = { code: ExportResultCode.SUCCESS }
const failed = (code?: number): ExportResult => ({
  code: ExportResultCode.FAILED,
  error: Object.assign(new Error('no'), { code }),
})

/** A delivery of batches of two spans to a place that answers each request when it is told to. */
function deliver(batches: number) {
  const open: ((result: ExportResult) => void)[] = []
  let settled = 0
  const said: string[] = []
  const sending = {
    config: readConfig({}),
    count: { sent: 0, lost: 0 },
    say: (line: string) => said.push(line),
    isEnding: false,
  }
  const exporter = {
    export: (_spans: ReadableSpan[], done: (result: ExportResult) => void) => void open.push(done),
    shutdown: () => Promise.resolve(),
  }
  const delivery = createDelivery(exporter, 'http://a/v1/traces', sending, (spans) => {
    settled += spans
  })
  for (let n = 0; n < batches; n += 1) delivery.add(BATCH)
  const answer = (...results: ExportResult[]) => {
    for (const result of results) open.shift()?.(result)
  }
  return { delivery, sending, open, said, answer, settled: () => settled }
}

test('a few requests are under way at a time, and each answer lets the next one go', async () => {
  const { delivery, sending, open, answer, settled } = deliver(6)
  expect(open).toHaveLength(4)
  answer(WELL, WELL, WELL)
  expect(open).toHaveLength(3)
  const flushed = delivery.flush()
  answer(WELL, WELL, WELL)
  await flushed
  expect([sending.count, settled()]).toEqual([{ sent: 12, lost: 0 }, 12])
})

test('after an outage what waits is kept, and a flush tries again', async () => {
  const { delivery, sending, open, said, answer, settled } = deliver(6)
  answer(failed(503), failed(), WELL, WELL)
  expect([open.length, sending.count, settled()]).toEqual([0, { sent: 4, lost: 4 }, 8])
  expect(said).toHaveLength(2)
  const flushed = delivery.flush()
  answer(WELL, WELL)
  await flushed
  expect(sending.count).toEqual({ sent: 8, lost: 4 })
})

test('a request that is refused for good costs only itself', () => {
  const { sending, open, answer } = deliver(6)
  answer(failed(400), failed(413))
  expect(open).toHaveLength(4)
  answer(WELL, WELL, WELL, WELL)
  expect(sending.count).toEqual({ sent: 8, lost: 4 })
})

test('when the program ends, an outage ends all tries, and what waited is counted', async () => {
  const { delivery, sending, open, answer, settled } = deliver(9)
  sending.isEnding = true
  const closed = delivery.close()
  answer(failed(), WELL, WELL, failed())
  await closed
  expect([open.length, sending.count, settled()]).toEqual([0, { sent: 4, lost: 14 }, 18])
})

test('an exporter that throws costs the request, and no more', () => {
  const sending = { config: readConfig({}), count: { sent: 0, lost: 0 }, say: () => undefined, isEnding: true }
  const exporter = {
    export() {
      throw new Error('cannot be written')
    },
    shutdown: () => Promise.resolve(),
  }
  createDelivery(exporter, 'http://a', sending, () => undefined).add(BATCH)
  expect(sending.count).toEqual({ sent: 0, lost: 2 })
})
