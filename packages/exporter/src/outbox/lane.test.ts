import { readdirSync } from 'node:fs'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { isTracingSuppressed } from '@opentelemetry/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { delivery } from '../deliver.testsuite.js'
import { temporaryFolder } from '../fixture.testsuite.js'
import { SendError } from '../sink.js'
import { within } from '../within.js'
import { boxOf, never, openLane, sinkOf } from './open-lane.testsuite.js'

test('a flush that gives up does not end the sending for good', async () => {
  const sent: string[] = []
  let answers = false
  const { lane } = openLane(
    temporaryFolder(),
    sinkOf(async ({ id }, signal) => {
      if (!answers) await never({ id, body: '' }, signal)
      sent.push(id)
    }),
  )
  const [one, two] = [delivery(), delivery()]
  lane.offer(one)
  await within(10, (stop) => lane.drain(stop))
  expect(lane.counts()).toEqual({ waiting: 1, dropped: 0 })
  answers = true
  lane.offer(two)
  await vi.waitUntil(() => sent.length === 2, { timeout: 10_000 })
  expect(sent.sort()).toEqual([one.key, two.key].sort())
})

test('at the end nobody waits again for a receiver that was silent a moment ago', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let tries = 0
  const { lane } = openLane(
    temporaryFolder(),
    sinkOf(async () => {
      tries += 1
      vi.advanceTimersByTime(5_000)
      throw new SendError('it did not answer within 5 s', { permanent: false })
    }),
  )
  lane.offer(delivery())
  await lane.drain(new AbortController().signal)
  await lane.drain(new AbortController().signal)
  expect(tries).toBe(1)
  expect(lane.counts()).toEqual({ waiting: 1, dropped: 0 })
  vi.advanceTimersByTime(60_000)
  await lane.drain(new AbortController().signal)
  expect(tries).toBe(2)
})

test('who asks to be left alone for a while is left alone at the end, too', async () => {
  let tries = 0
  const { lane } = openLane(
    temporaryFolder(),
    sinkOf(async () => {
      tries += 1
      throw new SendError('429', { permanent: false, retryAfterMs: 60_000 })
    }),
  )
  lane.offer(delivery())
  await lane.drain(AbortSignal.timeout(5_000))
  await lane.drain(AbortSignal.timeout(5_000))
  expect(tries).toBe(1)
})

test('a message that cannot be made is counted and holds up nothing', async () => {
  const sent: string[] = []
  const sink = sinkOf(
    async ({ id }) => void sent.push(id),
    ({ key, document }) => {
      if (document.run.name === 'bad') throw new Error('a rule is broken')
      return { id: key, body: '{}' }
    },
  )
  const { lane, said } = openLane(temporaryFolder(), sink)
  const good = delivery('good')
  expect(lane.offer(delivery('bad'))).toBe(true)
  expect(lane.offer(good)).toBe(true)
  await lane.drain(AbortSignal.timeout(5_000))
  expect(sent).toEqual([good.key])
  expect(lane.counts()).toEqual({ waiting: 0, dropped: 1 })
  expect(said).toEqual(["a message of 'test' was given up: it could not be made: a rule is broken"])
})

test('a sink may be an object of a class', () => {
  class Mail {
    readonly name = 'mail'
    readonly got: string[] = []
    readonly outbox = sinkOf(async () => undefined).outbox
    write({ key }: { key: string }) {
      this.got.push(key)
    }
  }
  const sink = new Mail()
  const one = delivery()
  expect(openLane(undefined, sink).lane.offer(one)).toBe(true)
  expect(sink.got).toEqual([one.key])
})

test('what waits in memory is bounded by its length', () => {
  const { lane } = openLane(
    undefined,
    sinkOf(never, ({ key }) => ({ id: key, body: 'x'.repeat(5_000_000) })),
  )
  for (let n = 0; n < 12; n += 1) lane.offer(delivery())
  // Four are on their way.
  expect(lane.counts()).toEqual({ waiting: 7, dropped: 5 })
})

test('a message that is revised while it is sent is sent once more', async () => {
  const root = temporaryFolder()
  const sent: string[] = []
  const answers: (() => void)[] = []
  const { lane } = openLane(
    root,
    sinkOf(
      ({ body }) => {
        sent.push(body)
        return new Promise((resolve) => (sent.length === 1 ? answers.push(resolve) : resolve()))
      },
      ({ key, document }) => ({ id: key, body: `revision ${document.provenance.revision}` }),
    ),
  )
  const first = delivery('etl', { revision: 1 })
  const provenance = { ...first.document.provenance, revision: 2 }
  lane.offer(first)
  lane.offer({ ...first, document: { ...first.document, provenance } })
  for (const answer of answers) answer()
  await lane.drain(AbortSignal.timeout(5_000))
  expect(sent).toEqual(['revision 1', 'revision 2'])
  expect(lane.counts()).toEqual({ waiting: 0, dropped: 0 })
  expect(readdirSync(boxOf(root))).toEqual([])
})

test('a message that is revised while it fails is sent once, as it is by then', async () => {
  const sent: string[] = []
  const failing: ((error: Error) => void)[] = []
  let n = 0
  const { lane } = openLane(
    temporaryFolder(),
    sinkOf(
      ({ body }) => {
        if (failing.length === 0) return new Promise((_, reject) => failing.push(reject))
        sent.push(body)
        return Promise.resolve()
      },
      ({ key }) => {
        n += 1
        return { id: key, body: `text ${n}` }
      },
    ),
  )
  const one = delivery()
  lane.offer(one)
  lane.offer(one)
  for (const fail of failing) fail(new Error('not now'))
  await lane.drain(AbortSignal.timeout(5_000))
  expect(sent).toEqual(['text 2'])
})

test('a failure beside it does not shorten the pause that a receiver asks for', async () => {
  const answers: ((error: Error) => void)[] = []
  const { lane } = openLane(
    undefined,
    sinkOf(() => new Promise((_, reject) => answers.push(reject))),
  )
  for (let n = 0; n < 2; n += 1) lane.offer(delivery())
  answers[0]?.(new SendError('429', { permanent: false, retryAfterMs: 60_000 }))
  answers[1]?.(new SendError('503', { permanent: false }))
  await new Promise((resolve) => setImmediate(resolve))
  expect(answers).toHaveLength(2)
})

test('a sink that is closed gets nothing more, and what it did not get is said', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const calls: string[] = []
  const sink = {
    ...sinkOf(() => new Promise(() => undefined)),
    async write() {
      calls.push('write')
      throw new Error('no')
    },
    close: () => void calls.push('close'),
  }
  const { lane, said } = openLane(undefined, sink)
  lane.offer(delivery())
  await vi.advanceTimersByTimeAsync(1)
  await lane.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(lane.offer(delivery())).toBe(false)
  expect(calls).toEqual(['write', 'close'])
  expect(said.slice(-2)).toEqual([
    "1 messages of 'test' were not sent, and there is no folder to keep them in",
    "1 documents were not taken by the sink 'test'",
  ])
})

test('the rules of a sink are not traced either', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  onTestFinished(() => context.disable())
  const traced: boolean[] = []
  const look = () => traced.push(!isTracingSuppressed(context.active()))
  const { lane } = openLane(
    undefined,
    sinkOf(
      async () => void look(),
      ({ key }) => {
        look()
        return { id: key, body: '{}' }
      },
    ),
  )
  lane.offer(delivery())
  await lane.drain(AbortSignal.timeout(5_000))
  expect(traced).toEqual([false, false])
})
