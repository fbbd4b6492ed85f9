import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ATTR, type DetailedDocument } from '@runspan/results/core'
import { expect, test, vi } from 'vitest'
import { createReceiver, delivery } from './deliver.testsuite.js'
import { fileSink } from './file-sink.js'
import { temporaryFolder } from './fixture.testsuite.js'
import { createLane } from './lane.js'
import { openLane } from './outbox/open-lane.testsuite.js'
import { resolveSinks } from './resolve-sinks.js'
import type { OutboxPart } from './sink.js'
import { testSink } from './sink.testsuite.js'
import { consoleSink } from './sinks/console-sink.js'
import { httpSink } from './sinks/http-sink.js'
import { jsonLinesSink } from './sinks/json-lines-sink.js'
import { memorySink } from './sinks/memory-sink.js'
import { storeSink } from './sinks/store-sink.js'

const latest = (documents: readonly DetailedDocument[]) => [
  ...new Map(documents.map((document) => [document.run.key, document])).values(),
]

testSink('file', () => {
  const folder = join(temporaryFolder(), 'results')
  const arrived = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as DetailedDocument)
  return { sink: fileSink(folder), arrived }
})

testSink('JSON Lines', () => {
  const path = join(temporaryFolder(), 'deep', 'runs.jsonl')
  const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n')
  return { sink: jsonLinesSink(path), arrived: () => latest(lines().map((line) => JSON.parse(line))) }
})

testSink('memory', () => {
  const sink = memorySink()
  return { sink, arrived: () => [...sink.documents()] }
})

testSink('console', () => {
  const printed: string[] = []
  const sink = consoleSink({ document: true, print: (text) => void printed.push(text) })
  return { sink, arrived: () => latest(printed.map((text) => JSON.parse(text))) }
})

testSink('HTTP', async () => {
  const { url, received } = await createReceiver()
  return { sink: httpSink(url), arrived: () => latest(received.map(({ body }) => JSON.parse(body))) }
})

testSink('function', () => {
  const got: DetailedDocument[] = []
  const [sink] = resolveSinks({ folder: false, sinks: [(document) => void got.push(document)] }).others
  if (sink === undefined) throw new Error('no sink')
  return { sink, arrived: () => latest(got) }
})

testSink('slow function', () => {
  const got: DetailedDocument[] = []
  const slow = async (document: DetailedDocument) => {
    await new Promise((resolve) => setImmediate(resolve))
    got.push(document)
  }
  const [sink] = resolveSinks({ folder: false, sinks: [slow] }).others
  if (sink === undefined) throw new Error('no sink')
  return { sink, arrived: () => latest(got) }
})

testSink('store (S4.18)', () => {
  const rows = new Map<string, DetailedDocument>()
  return {
    sink: storeSink({ save: (key, document) => void rows.set(key, document) }),
    arrived: () => [...rows.values()],
  }
})

test('a sink that never answers, or throws, delays no other', () => {
  const said: string[] = []
  const report = (message: string) => void said.push(message)
  const memory = memorySink()
  const lanes = [
    { name: 'silent', write: () => new Promise<void>(() => undefined) },
    {
      name: 'broken',
      write: () => {
        throw new Error('no')
      },
    },
    memory,
  ].map((sink) => createLane(sink, report))
  const answers = lanes.map((lane) => lane.offer(delivery()))
  expect(answers).toEqual([true, false, true])
  expect(memory.documents()).toHaveLength(1)
  expect(said).toEqual(["the sink 'broken' did not take a document: no"])
})

test('a newer document of a run waits in the place of an older one, and is written after it', async () => {
  const got: number[] = []
  const gates: (() => void)[] = []
  const lane = createLane(
    {
      name: 'slow',
      write: ({ document }) =>
        new Promise<void>((resolve) => {
          gates.push(() => {
            got.push(document.provenance.revision)
            resolve()
          })
        }),
    },
    () => undefined,
  )
  const first = delivery()
  for (const revision of [1, 2, 3]) {
    lane.offer({ ...first, document: { ...first.document, provenance: { ...first.document.provenance, revision } } })
  }
  expect(gates).toHaveLength(1)
  gates[0]?.()
  await vi.waitUntil(() => gates.length === 2)
  gates[1]?.()
  await lane.drain(AbortSignal.timeout(1_000))
  expect(got).toEqual([1, 3])
})

test('a lane that nobody empties drops the oldest and counts it', () => {
  const said: string[] = []
  const lane = createLane({ name: 'silent', write: () => new Promise<void>(() => undefined) }, (text) =>
    said.push(text),
  )
  for (let i = 0; i < 1_100; i += 1) lane.offer(delivery())
  const { waiting, dropped } = lane.counts()
  expect(waiting + dropped).toBe(1_100)
  expect(dropped).toBeGreaterThan(50)
  expect(new Set(said).size).toBe(1)
})

test('a document that HTTP cannot take is kept on disk and sent by the next process with the same key', async () => {
  const root = temporaryFolder()
  const down = await createReceiver((response) => void response.writeHead(503).end())
  const sink = httpSink(down.url, { headers: { authorization: 'Bearer s3cret-token' } })
  const { lane, said } = openLane(root, sink)
  const one = delivery()
  lane.offer(one)
  await lane.drain(AbortSignal.timeout(5_000))
  expect(lane.counts()).toEqual({ waiting: 1, dropped: 0 })
  await lane.close()
  const { id = '' } = sink.outbox ?? {}
  const folder = join(root, '.runspan', 'outbox', id)
  const [file = ''] = readdirSync(folder)
  expect(readFileSync(join(folder, file), 'utf8')).not.toContain('s3cret')
  expect(said.join()).not.toContain('s3cret')

  const up = await createReceiver()
  const again = { ...httpSink(up.url), outbox: { ...(httpSink(up.url).outbox as OutboxPart), id } }
  // The name of the file says that its writer lives: as if it had died, the name is another's.
  const { renameSync } = await import('node:fs')
  renameSync(join(folder, file), join(folder, file.replace(/\d+\.json$/, '1.json')))
  const { lane: next } = openLane(root, again)
  await up.until(1)
  await next.drain(AbortSignal.timeout(5_000))
  expect(up.received[0]?.headers['idempotency-key']).toBe(`${one.key}-1`)
  expect(JSON.parse(up.received[0]?.body ?? '')).toEqual(one.document)
  expect(readdirSync(folder)).toEqual([])
  await next.close()
})

test('what a receiver will never take is buried where a person can look at it, and delays nothing', async () => {
  const root = temporaryFolder()
  const { url } = await createReceiver((response, n) => void response.writeHead(n === 0 ? 400 : 200).end())
  const sink = httpSink(url)
  if (sink.outbox === undefined) throw new Error('no outbox')
  const { lane } = openLane(root, sink)
  lane.offer(delivery())
  lane.offer(delivery())
  await lane.drain(AbortSignal.timeout(5_000))
  expect(lane.counts()).toEqual({ waiting: 0, dropped: 1 })
  const folder = join(root, '.runspan', 'outbox', sink.outbox.id)
  expect(readdirSync(join(folder, 'dead'))).toHaveLength(1)
  await lane.close()
})

test('a step outside any run is posted only when that is asked for: it could be one of a million', () => {
  const loose = { ...delivery(), loose: true }
  expect(httpSink('http://localhost').outbox?.message(loose)).toBeUndefined()
  expect(httpSink('http://localhost', { looseSteps: true }).outbox?.message(loose)?.id).toBe(`${loose.key}-1`)
})

test('no redirect is followed, and the message names the host, not the address', async () => {
  const other = await createReceiver()
  const { url } = await createReceiver((response) => void response.writeHead(302, { location: other.url }).end())
  const { lane, said } = openLane(undefined, httpSink(`${url}/secret-path?token=abc`))
  lane.offer(delivery())
  await lane.drain(AbortSignal.timeout(5_000))
  expect(other.received).toEqual([])
  expect(said.join()).toMatch(/answered 302, a redirect/)
  expect(said.join()).not.toMatch(/secret-path|abc/)
  await lane.close()
})

test.each(['no address', 'ftp://example.org', 'https://user:pw@example.org', 7, undefined])(
  'httpSink refuses %j without repeating it',
  (url) => {
    const attempt = () => httpSink(url as string)
    expect(attempt).toThrow(/give/)
    expect(attempt).not.toThrow(/pw/)
  },
)

test('the console shows a line that no terminal obeys', () => {
  const printed: string[] = []
  const sink = consoleSink({ print: (text) => void printed.push(text) })
  sink.write(
    delivery('etl\u001b[2J\nfake', { outcome: 'failed', attributes: { [ATTR.exceptionMessage]: 'bad\u202e' } }),
  )
  sink.write(delivery('running', { final: false }))
  expect(printed).toEqual([expect.stringMatching(/^FAIL {2}etl \[2J fake {2}id-\w+ {2}failed {2}50 ms {2}bad $/)])
})

test('a test can wait for a document, and is told what there was instead', async () => {
  const memory = memorySink()
  const waiting = memory.waitFor('etl')
  memory.write(delivery('etl', { final: false }))
  memory.write(delivery('other'))
  const etl = delivery('etl')
  memory.write(etl)
  expect(await waiting).toBe(etl.document)
  expect(await memory.waitFor((document) => document.run.name === 'other')).toBeDefined()
  await expect(memory.waitFor('never', 1)).rejects.toThrow(
    /no run of 'never' finished within 1 ms; seen: .*other \(success\)/,
  )
  memory.clear()
  expect(memory.documents()).toEqual([])
})

test('a sink that is none is refused when it is given, not when it is needed', () => {
  for (const sink of [{}, null, 'file', { write: 1 }]) {
    expect(() => resolveSinks({ folder: false, sinks: [sink as never] })).toThrow(/neither a sink nor a function/)
  }
  for (const folder of ['', '  ', 7, null]) {
    expect(() => resolveSinks({ folder: folder as never })).toThrow(/give a path, or false/)
  }
  expect(existsSync('results-that-is-not-made')).toBe(false)
})
