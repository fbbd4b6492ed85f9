import { opendir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { MessageChannel } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { record } from './recording.testsuite.js'
import { runWorkflow } from './run.js'
import { trackStep, trackWorkflow } from './track.js'

const recorded = record()
const turn = () => new Promise((resolve) => setImmediate(resolve))
const ends = () => recorded.spans().map(({ name, attributes }) => [name, attributes['runspan.outcome']])
const success = (...names: string[]) => names.map((name) => [name, 'success'])

async function* two() {
  yield 1
  yield 2
}
const cursor = () => ({ rows: [1, 2], toArray: () => [1, 2], [Symbol.asyncIterator]: two })
const web = () => new ReadableStream({ start: (controller) => controller.close() })

describe('what is returned and that nobody goes through', () => {
  test.each([
    ['an opened directory', () => opendir(tmpdir()), (dir: any) => dir.close()],
    ['a cursor that is read as a whole', cursor, (rows: any) => rows.toArray()],
    ['a generator', () => two(), () => undefined],
    ['a web stream that becomes the body of a response', web, (stream: any) => new Response(stream).text()],
    [
      'a web stream that is handed to another thread',
      web,
      (stream: any) => {
        const { port1 } = new MessageChannel()
        port1.postMessage(stream, [stream])
        port1.close()
      },
    ],
    [
      'a stream of Node that is destroyed without a word',
      () => new Readable({ emitClose: false, read: () => undefined }),
      (stream: any) => stream.destroy(),
    ],
  ] as [string, () => unknown, (value: unknown) => unknown][])('%s ends before its run does', async (_, open, use) => {
    await runWorkflow('run', async () => {
      await use(await trackStep('open', async () => open())())
      await turn()
    })
    expect(ends()).toEqual(success('open', 'run'))
  })

  test('ends when it was returned, not with its run', async () => {
    let returned = 0
    await runWorkflow('run', async () => {
      trackStep('open', cursor)()
      returned = Date.now()
      while (Date.now() < returned + 20) await turn()
    })
    const [span] = recorded.spans()
    const [seconds = 0, nanos = 0] = span?.endTime ?? []
    expect(seconds * 1_000 + nanos / 1e6 - returned).toBeLessThan(1)
  })

  test('is an end for each run that returned it', async () => {
    const shared = cursor()
    const open = trackStep('open', () => shared)
    await runWorkflow('first', async () => void open())
    await runWorkflow('second', async () => {
      open()
      for await (const _ of shared);
    })
    expect(ends()).toEqual(success('open', 'first', 'open', 'second'))
  })

  test('outside any run, or as what a run gives, ends within a turn of the event loop', async () => {
    trackStep('step', cursor)()
    await trackWorkflow('run', async () => cursor())()
    expect(ends()).toEqual([])
    await turn()
    expect(ends()).toEqual(success('step', 'run'))
  })

  test('as what a run inside a run gives, ends with the outer one', async () => {
    await runWorkflow('outer', async () => {
      const rows = trackWorkflow('inner', cursor)()
      await turn()
      expect(ends()).toEqual([])
      for await (const _ of rows);
      expect(ends()).toEqual(success('inner'))
      trackWorkflow('inner', cursor)()
    })
    expect(ends()).toEqual(success('inner', 'inner', 'outer'))
  })
})

test('what is returned after the run has ended is not waited for either', async () => {
  let late: Promise<unknown> | undefined
  await runWorkflow('run', async () => {
    late = turn().then(trackStep('open', cursor))
  })
  expect(ends()).toEqual(success('run'))
  await late
  await turn()
  expect(ends()).toEqual(success('run', 'open'))
})

describe('what somebody has begun to go through', () => {
  test('goes on after its run, and ends as it ends', async () => {
    const iterator = await runWorkflow('run', async () => {
      const rows = trackStep('open', cursor)()
      const begun = rows[Symbol.asyncIterator]()
      await begun.next()
      return () => begun
    })
    expect(ends()).toEqual(success('run'))
    for await (const _ of iterator());
    expect(ends()).toEqual(success('run', 'open'))
  })

  test('a stream may be read after its run', async () => {
    const { body } = await runWorkflow('run', async () => ({ body: trackStep('open', web)() }))
    expect(ends()).toEqual(success('run'))
    for await (const _ of body as unknown as AsyncIterable<unknown>);
    expect(ends()).toEqual(success('run', 'open'))
  })
})
