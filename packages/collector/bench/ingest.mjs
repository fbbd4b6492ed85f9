// P12: HTTP, gunzip and decode on one core. P13: gzip body to durable SQLite, wall clock, both cores.
// The collector is a process of its own; this one only sends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { median, report } from './_gates.mjs'
import { makeRequests } from './_spans.mjs'

const SPANS = 512
const REQUESTS = 200
const ROUNDS = 5
const IN_FLIGHT = 4

const SERVER = `
  import { createCounters } from ${JSON.stringify(new URL('../dist/metrics.js', import.meta.url).href)}
  import { createHttpServer } from ${JSON.stringify(new URL('../dist/http/server.js', import.meta.url).href)}
  import { openSqliteStore } from ${JSON.stringify(new URL('../dist/store/sqlite/sqlite-store.js', import.meta.url).href)}
  const nowhere = { append: async (records) => ({ added: records.length, repeated: 0, dropped: 0 }) }
  const store = process.argv[1] === 'nowhere' ? nowhere : openSqliteStore(process.argv[1])
  const server = createHttpServer({ store, counters: createCounters(), allowHosts: [], onDrop() {} })
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
  process.stdin.on('data', () => console.log(JSON.stringify({ ...process.cpuUsage(), rss: process.memoryUsage.rss() })))
`

async function startServer(store) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SERVER, store], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const port = Number((await lines.next()).value)
  const usage = async () => {
    child.stdin.write('?')
    return JSON.parse((await lines.next()).value)
  }
  return { child, port, usage }
}

const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT })

function post(port, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      'content-length': body.length,
    }
    const sent = request({ port, host: '127.0.0.1', path: '/v1/traces', method: 'POST', agent, headers }, (answer) => {
      answer.resume()
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`status ${answer.statusCode}`))))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function postAll(port, bodies) {
  let next = 0
  const worker = async () => {
    while (next < bodies.length) {
      const body = bodies[next]
      next += 1
      await post(port, body)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
}

async function measure(store) {
  const { child, port, usage } = await startServer(store)
  const perCpu = []
  const perWall = []
  let rss = 0
  for (let round = 0; round <= ROUNDS; round++) {
    const bodies = makeRequests(REQUESTS, SPANS).map((body) => gzipSync(body, { level: 1 }))
    const before = await usage()
    const begin = performance.now()
    await postAll(port, bodies)
    const wall = (performance.now() - begin) / 1000
    const after = await usage()
    rss = Math.max(rss, after.rss)
    // The first round warms up.
    if (round === 0) continue
    perCpu.push((REQUESTS * SPANS * 1e6) / (after.user + after.system - before.user - before.system))
    perWall.push((REQUESTS * SPANS) / wall)
  }
  child.kill()
  await once(child, 'exit')
  return { perCpu: median(perCpu), perWall: median(perWall), rss }
}

const folder = mkdtempSync(join(tmpdir(), 'runspan-bench-'))
try {
  const decoded = await measure('nowhere')
  report('P12', 'HTTP, gunzip and decode, on one core', decoded.perCpu, 250_000, 'spans/s')
  const stored = await measure(join(folder, 'store.db'))
  const detail = `${(stored.perCpu / 1000).toFixed(0)} k spans per CPU second, ${(stored.rss / 1e6).toFixed(0)} MB`
  report('P13', 'gzip body to durable SQLite, wall clock', stored.perWall, 60_000, 'spans/s', detail)
} finally {
  rmSync(folder, { recursive: true, force: true })
  agent.destroy()
}
