import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { delivery } from './deliver.testsuite.js'
import { temporaryFolder } from './fixture.testsuite.js'
import { ownerName } from './journal/owner.js'
import { within } from './lane.js'
import { createOutboxLane } from './outbox.js'
import { type OutboxMessage, type OutboxPart, SendError, type Sink } from './sink.js'

/** The name of a process that has died: its start time is another's. */
const DEAD = ownerName().replace(/\d+$/, '1')

/** A sink whose messages are sent by `send`. */
function sinkOf(send: OutboxPart['send'], message?: OutboxPart['message']): Sink & { outbox: OutboxPart } {
  const one = ({ key }: { key: string }) => ({ id: key, body: '{}' })
  return { name: 'test', write: () => undefined, outbox: { id: 'test', message: message ?? one, send } }
}

function open(root: string | undefined, sink: Sink & { outbox: OutboxPart }) {
  const said: string[] = []
  const lane = createOutboxLane(sink, sink.outbox, root, (text) => said.push(text))
  onTestFinished(() => lane.close())
  return { lane, said }
}

const boxOf = (root: string) => join(root, '.runspan', 'outbox', 'test')

function leave(root: string, texts: readonly string[]): void {
  mkdirSync(boxOf(root), { recursive: true })
  for (const [n, text] of texts.entries()) writeFileSync(join(boxOf(root), `m${n}.${DEAD}.json`), text)
}

const never = (_: OutboxMessage, signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))

test('a flush that gives up does not end the sending for good', async () => {
  const sent: string[] = []
  let answers = false
  const { lane } = open(
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
  const { lane } = open(
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
  const { lane } = open(
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
  const { lane, said } = open(temporaryFolder(), sink)
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
  expect(open(undefined, sink).lane.offer(one)).toBe(true)
  expect(sink.got).toEqual([one.key])
})

test('what is damaged is put aside once, not looked at by every process to come', async () => {
  const root = temporaryFolder()
  const damaged = ['', '{', 'null', '5', '{"id":5}']
  leave(root, [...damaged, '{"id":"whole","body":"{}"}'])
  const sent: string[] = []
  const { lane } = open(
    root,
    sinkOf(async ({ id }) => void sent.push(id)),
  )
  await lane.drain(AbortSignal.timeout(5_000))
  expect(sent).toEqual(['whole'])
  expect(lane.counts()).toEqual({ waiting: 0, dropped: damaged.length })
  expect(readdirSync(boxOf(root))).toEqual(['dead'])
  expect(readdirSync(join(boxOf(root), 'dead'))).toHaveLength(damaged.length)
})

test('a message that can be put nowhere ends nothing', async () => {
  const root = temporaryFolder()
  const { lane, said } = open(
    root,
    sinkOf(async () => {
      rmSync(boxOf(root), { recursive: true })
      writeFileSync(boxOf(root), 'a file where the folder was')
      throw new SendError('404', { permanent: true })
    }),
  )
  lane.offer(delivery())
  await lane.drain(AbortSignal.timeout(5_000))
  expect(lane.counts()).toEqual({ waiting: 0, dropped: 1 })
  expect(said.at(-1)).toBe("a message of 'test' was given up: 404")
})

test('of what nobody will ever take, the latest thousand are kept', async () => {
  const root = temporaryFolder()
  const dead = join(boxOf(root), 'dead')
  mkdirSync(dead, { recursive: true })
  for (let n = 0; n < 1_000; n += 1) writeFileSync(join(dead, `${1_000 + n}-x.json`), '')
  const { lane } = open(
    root,
    sinkOf(async () => {
      throw new SendError('404', { permanent: true })
    }),
  )
  lane.offer(delivery())
  await lane.drain(AbortSignal.timeout(5_000))
  expect(readdirSync(dead)).toHaveLength(1_000)
  expect(existsSync(join(dead, '1000-x.json'))).toBe(false)
})

test('however many messages the dead have left, a new one has its place, and all are sent', async () => {
  const root = temporaryFolder()
  const left = Array.from({ length: 10_500 }, (_, n) => `m${n}`)
  leave(
    root,
    left.map((id) => JSON.stringify({ id, body: '{}' })),
  )
  const sent = new Set<string>()
  const { lane } = open(
    root,
    sinkOf(async ({ id }) => void sent.add(id)),
  )
  const one = delivery()
  lane.offer(one)
  await lane.drain(AbortSignal.timeout(50_000))
  expect(lane.counts()).toEqual({ waiting: 0, dropped: 0 })
  expect(sent.size).toBe(left.length + 1)
  expect(sent.has(one.key)).toBe(true)
})

test('a message that waits twice, because its run is told of again, is sent once and counted as no loss', async () => {
  const root = temporaryFolder()
  const one = delivery()
  const digest = createHash('sha256').update(one.key).digest('hex').slice(0, 24)
  leave(root, [])
  writeFileSync(join(boxOf(root), `${digest}.${DEAD}.json`), JSON.stringify({ id: one.key, body: '{}' }))
  const sent: string[] = []
  const { lane } = open(
    root,
    sinkOf(async ({ id }) => void sent.push(id)),
  )
  lane.offer(one)
  await lane.drain(AbortSignal.timeout(5_000))
  expect(lane.counts()).toEqual({ waiting: 0, dropped: 0 })
  expect(sent).toEqual([one.key])
  expect(readdirSync(boxOf(root))).toEqual([])
})

test('what an earlier processor of this process has left is sent by the next', async () => {
  const root = temporaryFolder()
  const first = open(
    root,
    sinkOf(async () => {
      throw new Error('down')
    }),
  )
  const one = delivery()
  first.lane.offer(one)
  await first.lane.drain(AbortSignal.timeout(5_000))
  await first.lane.close()
  const sent: string[] = []
  const { lane } = open(
    root,
    sinkOf(async ({ id }) => void sent.push(id)),
  )
  await lane.drain(AbortSignal.timeout(5_000))
  expect(sent).toEqual([one.key])
  expect(readdirSync(boxOf(root))).toEqual([])
})

test('a message stands on the disk when it was taken', () => {
  const root = temporaryFolder()
  const { lane } = open(root, sinkOf(never))
  const one = delivery()
  lane.offer(one)
  const [file = ''] = readdirSync(boxOf(root))
  expect(JSON.parse(readFileSync(join(boxOf(root), file), 'utf8'))).toEqual({ id: one.key, body: '{}' })
  expect(readdirSync(join(root, '.runspan', 'tmp'))).toEqual([])
})

test('what waits in memory is bounded by its length', () => {
  const { lane } = open(
    undefined,
    sinkOf(never, ({ key }) => ({ id: key, body: 'x'.repeat(5_000_000) })),
  )
  for (let n = 0; n < 12; n += 1) lane.offer(delivery())
  // Four are on their way.
  expect(lane.counts()).toEqual({ waiting: 7, dropped: 5 })
})
