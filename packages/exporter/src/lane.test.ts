import { expect, onTestFinished, test, vi } from 'vitest'
import { delivery } from './deliver.testsuite.js'
import { createLane } from './lane.js'
import { within } from './within.js'

test('a sink that answers at first and then throws at once is asked once for each document, not for ever', async () => {
  let calls = 0
  const answers: (() => void)[] = []
  const lane = createLane(
    {
      name: 'moody',
      write() {
        calls += 1
        if (calls > 1 && calls < 100) throw new Error('no')
        return new Promise<void>((resolve) => answers.push(resolve))
      },
    },
    () => undefined,
  )
  lane.offer(delivery())
  lane.offer(delivery())
  lane.offer(delivery())
  expect(calls).toBe(2)
  expect(lane.counts()).toEqual({ waiting: 3, dropped: 0 })
  for (const answer of answers) answer()
  await lane.close()
})

test('whatever a sink rejects with is said and changes nothing', async () => {
  const hostile = [
    Object.create(null),
    undefined,
    Symbol('no'),
    { toString: () => ({}) },
    {
      get message() {
        throw 1
      },
    },
  ]
  const said: string[] = []
  for (const [n, reason] of hostile.entries()) {
    const lane = createLane({ name: `s${n}`, write: () => Promise.reject(reason) }, (text) => said.push(text))
    lane.offer(delivery())
    await lane.drain(AbortSignal.timeout(5_000))
    expect(lane.counts()).toEqual({ waiting: 1, dropped: 0 })
    await lane.close()
  }
  expect(said.filter((text) => text.includes('did not take a document'))).toHaveLength(hostile.length)
})

test('a sink that cannot be closed is said, and gets no document afterwards', async () => {
  const said: string[] = []
  const answers: (() => void)[] = []
  const lane = createLane(
    {
      name: 'stuck',
      write: () => new Promise<void>((resolve) => answers.push(resolve)),
      close: () => Promise.reject(new Error('no')),
    },
    (text) => said.push(text),
  )
  const one = delivery()
  lane.offer(one)
  lane.offer(one)
  await within(1, (stop) => lane.drain(stop))
  await lane.close()
  for (const answer of answers) answer()
  await new Promise((resolve) => setImmediate(resolve))
  expect(lane.offer(delivery())).toBe(false)
  expect(answers).toHaveLength(1)
  expect(said.at(-1)).toBe("the sink 'stuck' could not be closed: no")
})

test('a document that a sink has not answered for when it is closed is said', async () => {
  const said: string[] = []
  const lane = createLane({ name: 'silent', write: () => new Promise(() => undefined) }, (text) => said.push(text))
  lane.offer(delivery())
  await within(1, (stop) => lane.drain(stop))
  await lane.close()
  await lane.close()
  expect(said).toEqual(["1 documents were not taken by the sink 'silent'"])
})

test('many documents that fail at once are one failure: what waits is offered again soon', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const got: string[] = []
  let works = false
  const lane = createLane(
    {
      name: 'database',
      async write({ key }) {
        if (!works) throw new Error('it is not there')
        got.push(key)
      },
    },
    () => undefined,
  )
  for (let n = 0; n < 20; n += 1) lane.offer(delivery())
  await vi.advanceTimersByTimeAsync(0)
  works = true
  await vi.advanceTimersByTimeAsync(1_000)
  expect(got).toHaveLength(20)
  await lane.close()
})

test('what waits is bounded by its rows too, and the latest stays', () => {
  const lane = createLane({ name: 'silent', write: () => new Promise<void>(() => undefined) }, () => undefined)
  const large = () => {
    const one = delivery()
    const [row] = one.document.statuses
    return { ...one, document: { ...one.document, statuses: Array.from({ length: 60_000 }, () => row) } } as typeof one
  }
  for (let n = 0; n < 12; n += 1) lane.offer(large())
  const { waiting, dropped } = lane.counts()
  expect(waiting + dropped).toBe(12)
  expect(waiting).toBeLessThan(10)
  lane.offer(delivery())
  expect(lane.counts().dropped).toBe(dropped)
})
