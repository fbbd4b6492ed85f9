import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { delivery } from '../deliver.testsuite.js'
import { temporaryFolder } from '../fixture.testsuite.js'
import type { Lane } from '../lane.js'
import { type OutboxPart, SendError } from '../sink.js'
import { createOutboxFolder } from './folder.js'
import { createOutboxLane } from './lane.js'
import { boxOf, DEAD, leave, never, openLane, sinkOf } from './open-lane.testsuite.js'

/** Drains as if some seconds were over: then the folder is looked through again. */
async function drainLater(lane: Lane): Promise<void> {
  const now = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 10_000)
  await lane.drain(AbortSignal.timeout(5_000))
  clock.mockRestore()
}

test('what is damaged is put aside once, not looked at by every process to come', async () => {
  const root = temporaryFolder()
  const damaged = ['', '{', 'null', '5', '{"id":5}']
  leave(root, [...damaged, '{"id":"whole","body":"{}"}'])
  const sent: string[] = []
  const { lane } = openLane(
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
  const { lane, said } = openLane(
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
  const { lane } = openLane(
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
  const { lane } = openLane(
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
  const { lane } = openLane(
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
  const first = openLane(
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
  const { lane } = openLane(
    root,
    sinkOf(async ({ id }) => void sent.push(id)),
  )
  await lane.drain(AbortSignal.timeout(5_000))
  expect(sent).toEqual([one.key])
  expect(readdirSync(boxOf(root))).toEqual([])
})

test('a message stands on the disk when it was taken', () => {
  const root = temporaryFolder()
  const { lane } = openLane(root, sinkOf(never))
  const one = delivery()
  lane.offer(one)
  const [file = ''] = readdirSync(boxOf(root))
  expect(JSON.parse(readFileSync(join(boxOf(root), file), 'utf8'))).toEqual({ id: one.key, body: '{}' })
  expect(readdirSync(join(root, '.runspan', 'tmp'))).toEqual([])
})

test('an older message of the dead does not take the place of a newer one', async () => {
  const root = temporaryFolder()
  const one = delivery()
  const digest = createHash('sha256').update(one.key).digest('hex').slice(0, 24)
  const sent: string[] = []
  let answers = false
  const { lane } = openLane(
    root,
    sinkOf(
      async ({ body }) => {
        if (!answers) throw new Error('not now')
        sent.push(body)
      },
      ({ key }) => ({ id: key, body: 'new' }),
    ),
  )
  lane.offer(one)
  await lane.drain(AbortSignal.timeout(5_000))
  writeFileSync(join(boxOf(root), `${digest}.${DEAD}.json`), JSON.stringify({ id: one.key, body: 'old' }))
  answers = true
  await drainLater(lane)
  expect(sent).toEqual(['new'])
  expect(readdirSync(boxOf(root))).toEqual([])
})

test('what has the name of a message and is no file is left alone, and ends nothing', async () => {
  const root = temporaryFolder()
  leave(root, [])
  mkdirSync(join(boxOf(root), `m0.${DEAD}.json`))
  for (const n of [1, 2, 3]) symlinkSync(`m${n}.${DEAD}.json`, join(boxOf(root), `m${n}.${DEAD}.json`))
  const sent: string[] = []
  const { lane, said } = openLane(
    root,
    sinkOf(async ({ id }) => void sent.push(id)),
  )
  const one = delivery()
  expect(lane.offer(one)).toBe(true)
  await lane.drain(AbortSignal.timeout(5_000))
  expect([sent, said]).toEqual([[one.key], []])
  expect(readdirSync(boxOf(root))).toHaveLength(4)
})

test('a message that another process has taken over is no loss', async () => {
  const root = temporaryFolder()
  let answers = false
  const { lane } = openLane(
    root,
    sinkOf(async () => {
      if (!answers) throw new Error('not now')
    }),
  )
  lane.offer(delivery())
  await lane.drain(AbortSignal.timeout(5_000))
  // As a process of another machine does when it has heard nothing of this one for some minutes.
  const [file = ''] = readdirSync(boxOf(root))
  renameSync(join(boxOf(root), file), join(boxOf(root), file.replace(/\.[^-]+/, '.another')))
  answers = true
  await lane.drain(AbortSignal.timeout(5_000))
  expect(lane.counts()).toEqual({ waiting: 0, dropped: 0 })
  expect(readdirSync(boxOf(root))).toHaveLength(1)
})

test('what cannot be put aside is not sent again and again', async () => {
  const root = temporaryFolder()
  leave(root, [])
  writeFileSync(join(boxOf(root), 'dead'), 'a file where the folder should be')
  let tries = 0
  const { lane } = openLane(
    root,
    sinkOf(async () => {
      tries += 1
      throw new SendError('404', { permanent: true })
    }),
  )
  lane.offer(delivery())
  await lane.drain(AbortSignal.timeout(5_000))
  await drainLater(lane)
  expect([tries, lane.counts().dropped]).toEqual([1, 1])
})

test('a lane that is still closing and the next one do not send the same message', async () => {
  const root = temporaryFolder()
  const sent: string[] = []
  const answers: (() => void)[] = []
  const first = openLane(
    root,
    sinkOf(({ id }) => {
      sent.push(id)
      return new Promise((resolve) => answers.push(resolve))
    }),
  )
  const one = delivery()
  first.lane.offer(one)
  const second = openLane(
    root,
    sinkOf(async ({ id }) => void sent.push(id)),
  )
  await second.lane.drain(AbortSignal.timeout(5_000))
  for (const answer of answers) answer()
  await first.lane.drain(AbortSignal.timeout(5_000))
  expect(sent).toEqual([one.key])
  expect([first, second].map(({ lane }) => lane.counts().dropped)).toEqual([0, 0])
})

test('a message that cannot be put in its place leaves nothing half written', () => {
  const root = temporaryFolder()
  const folder = createOutboxFolder(root, 'test')
  const message = { id: 'one', body: '{}' }
  const { file } = folder.store(message)
  folder.forget(file)
  mkdirSync(file)
  expect(() => folder.store(message)).toThrow()
  expect(readdirSync(join(root, '.runspan', 'tmp'))).toEqual([])
})

test('a drain waits until what was stored outlives a power cut', async () => {
  const sink = sinkOf(async () => undefined)
  let synced = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    synced = resolve
  })
  const folder = { ...createOutboxFolder(temporaryFolder(), 'test'), synced: () => gate }
  const lane = createOutboxLane(sink, sink.outbox as OutboxPart, folder, () => undefined)
  lane.offer(delivery())
  let drained = false
  const draining = lane.drain(new AbortController().signal).then(() => {
    drained = true
  })
  for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(drained).toBe(false)
  synced()
  await draining
  await lane.close()
})
