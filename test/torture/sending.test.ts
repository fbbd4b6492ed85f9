import { readdirSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { IMPORTS, runChild, temporaryFolder } from '../../packages/node/src/child.testsuite.js'
import { scale } from './scale.js'

async function listen(answer: (id: string, response: ServerResponse, destroy: () => void) => void): Promise<string> {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    answer(String(request.headers['webhook-id'] ?? request.headers['idempotency-key']), response, () =>
      request.socket.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test(`${scale(5_000, 120)} notifications to a receiver that fails 3 of 10 in six ways, the sender killed five times: each arrives`, async () => {
  const made = scale(5_000, 120)
  const arrived = new Map<string, number>()
  let count = 0
  const url = await listen((id, response, destroy) => {
    count += 1
    const way = Math.random() < 0.3 ? count % 6 : -1
    if (way === 0) destroy()
    else if (way === 1) response.writeHead(503, { 'retry-after': '0' }).end()
    else if (way === 2) response.writeHead(429).end()
    else if (way === 3) response.writeHead(500).end('oops')
    else if (way === 4) response.writeHead(200).write('half', destroy)
    else if (way === 5) setTimeout(() => response.end('late'), 400)
    if (way === -1 || way >= 4) arrived.set(id, (arrived.get(id) ?? 0) + 1)
    if (way === -1) response.end('ok')
  })
  const folder = temporaryFolder()
  /** Makes the failing runs that are not made yet, then waits until nothing waits. */
  const script = (from: number, to: number) => `${IMPORTS}import { webhook } from '@runspan/exporter'
    const runspan = startRunspan({ results: '${folder}', sinks: [webhook('${url}', { timeoutMs: 200 })] })
    for (let n = ${from}; n < ${to}; n += 1) {
      await runWorkflow('etl', { runId: 'n' + n }, async () => { throw new Error('no') }).catch(() => undefined)
      console.log('made ' + n)
      if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    while (runspan.status().documents.waiting > 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await runspan.shutdown()
    console.log('done')`
  let next = 0
  for (let kills = 0; kills < 5; kills += 1) {
    const stopAt = Math.floor((made * (kills + 1)) / 6)
    const child = await runChild(script(next, made), {
      onOutput: (text, kill) => {
        if (text.includes(`made ${stopAt}\n`)) kill('SIGKILL')
      },
    })
    next = Number([...child.stdout.matchAll(/made (\d+)\n/g)].at(-1)?.[1] ?? next) + 1
  }
  const last = await runChild(script(next, made))
  expect(last.stdout).toContain('done')
  const [folderOfOne = ''] = readdirSync(join(folder, '.runspan', 'outbox'))
  expect(readdirSync(join(folder, '.runspan', 'outbox', folderOfOne))).toEqual([])
  // A run that the sender died in is told as interrupted: its id is the same.
  expect(arrived.size).toBeGreaterThanOrEqual(made)
  for (const id of arrived.keys()) expect(id).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}-failure$/)
}, 900_000)

test(`an HTTP endpoint that is dead at 1,000 steps a second for ${scale(300, 3)} s: memory stays, every document is accounted for`, async () => {
  const folder = temporaryFolder()
  const script = `${IMPORTS}import { httpSink } from '@runspan/exporter'
    const runspan = startRunspan({ results: '${folder}', sinks: [httpSink('http://127.0.0.1:1')] })
    const until = Date.now() + ${scale(300_000, 3_000)}
    let made = 0, before
    const began = Date.now()
    while (Date.now() < until) {
      await runWorkflow('etl', async () => { for (let i = 0; i < 50; i += 1) await runStep('s', () => i) })
      made += 1
      if (made === 20) { gc(); before = process.memoryUsage().heapUsed }
      const ahead = began + made * 50 - Date.now()
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead))
    }
    gc()
    const grown = process.memoryUsage().heapUsed - before
    const left = Date.now()
    await runspan.shutdown()
    const { documents } = runspan.status()
    console.log(JSON.stringify({ made, grown, ...documents, exit: Date.now() - left }))`
  const child = await runChild(script, { node: ['--expose-gc'] })
  expect(child.code).toBe(0)
  const { made, grown, waiting, dropped, exit } = JSON.parse(child.stdout)
  expect(grown).toBeLessThan(64 * 1024 * 1024)
  expect(waiting + dropped).toBe(made)
  expect(exit).toBeLessThan(5_500)
  const [kept = ''] = readdirSync(join(folder, '.runspan', 'outbox'))
  expect(readdirSync(join(folder, '.runspan', 'outbox', kept))).toHaveLength(waiting)
}, 900_000)

test('a receiver that takes what is sent and never answers is waited for once when the program ends', async () => {
  const folder = temporaryFolder()
  const asked = new Set<string>()
  let requests = 0
  const url = await listen((id) => {
    requests += 1
    asked.add(id)
  })
  const child = await runChild(`${IMPORTS}import { webhook } from '@runspan/exporter'
    startRunspan({ results: '${folder}', sinks: [webhook('${url}', { timeoutMs: 2_000 })] })
    for (let n = 0; n < 20; n += 1)
      await runWorkflow('etl', async () => { throw new Error('no') }).catch(() => undefined)`)
  expect(child.code).toBe(0)
  // As many as are sent at a time: none is sent again, and no other one is tried.
  expect(requests).toBe(asked.size)
  expect(requests).toBeLessThanOrEqual(4)
  const [kept = ''] = readdirSync(join(folder, '.runspan', 'outbox'))
  expect(readdirSync(join(folder, '.runspan', 'outbox', kept))).toHaveLength(20)
})
