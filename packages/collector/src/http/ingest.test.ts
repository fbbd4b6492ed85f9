import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { ATTR, toRunKey } from '@runspan/results/core'
import { describe, expect, test } from 'vitest'
import { CollectorError } from '../collector-error.js'
import { createCounters } from '../metrics.js'
import { decodeOfficialResponse, encodeOfficial } from '../otlp/official.testsuite.js'
import type { Collector } from '../start-collector.js'
import { getJson, makeRun, openCollector, send, spanOf, toRequest, traceOf } from '../testing.testsuite.js'
import { MAX_BODY, MAX_DECODED } from './limits.js'
import { createHttpServer } from './server.js'

const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const body = toRequest(makeRun(1, 2))
const protobuf = (...names: string[]) =>
  encodeOfficial({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: names.map((name, n) => ({
              traceId: Buffer.from(traceOf(5), 'hex'),
              spanId: name === 'bad' ? new Uint8Array(3) : Buffer.from(spanOf(n), 'hex'),
              name,
              attributes: [{ key: ATTR.kind, value: { stringValue: n === 0 ? 'run' : 'step' } }],
            })),
          },
        ],
      },
    ],
  })

/** Sends bytes as they are, and gives everything that comes back. */
function sendRaw(collector: Collector, ...parts: (string | Uint8Array)[]): Promise<string> {
  const { port, hostname } = new URL(collector.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      for (const part of parts) socket.write(part)
    })
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

describe('POST /v1/traces', () => {
  test('JSON, protobuf and gzip of both are taken, and are there once they are acknowledged', async () => {
    const collector = await openCollector()
    expect((await send(collector, body)).status).toBe(200)
    expect((await send(collector, gzipSync(toRequest(makeRun(2, 2))), { 'content-encoding': 'gzip' })).status).toBe(200)
    expect((await send(collector, protobuf('run', 'step'), PROTOBUF)).status).toBe(200)
    const zipped = await send(collector, gzipSync(protobuf('run', 'step', 'more')), {
      ...PROTOBUF,
      'content-encoding': 'gzip',
    })
    expect(zipped.status).toBe(200)
    expect((await getJson(collector, '/api/runs')).runs).toHaveLength(3)
  })

  test('a full success has a body that the official reader takes, in the form of the request', async () => {
    const collector = await openCollector()
    const plain = await send(collector, body)
    expect(plain.headers.get('content-type')).toBe('application/json')
    expect(await plain.json()).toEqual({ partialSuccess: {} })
    const binary = await send(collector, protobuf('run'), PROTOBUF)
    expect(binary.headers.get('content-type')).toBe('application/x-protobuf')
    expect(decodeOfficialResponse(new Uint8Array(await binary.arrayBuffer()))).toEqual({})
  })

  test('a partial success counts and names what was rejected, and keeps the rest', async () => {
    const collector = await openCollector()
    const plain = await send(collector, toRequest(makeRun(1, 2), [{ traceId: 'xyz', name: 'poison' }]))
    expect(plain.status).toBe(200)
    expect(await plain.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('"poison" has no valid trace id') },
    })
    const binary = await send(collector, protobuf('run', 'bad', 'step'), PROTOBUF)
    expect(decodeOfficialResponse(new Uint8Array(await binary.arrayBuffer()))).toEqual({
      partialSuccess: { rejectedSpans: 1, errorMessage: expect.stringContaining('"bad" has no valid span id') },
    })
    expect(collector.counters).toMatchObject({ spans: 5, stored: 5, dropped: { rejected: 2 } })
  })

  test.each([
    ['empty JSON', '', {}, 400],
    ['truncated JSON', body.slice(0, -5), {}, 400],
    ['truncated protobuf', protobuf('run').slice(0, -3), PROTOBUF, 400],
    ['JSON sent as protobuf', body, PROTOBUF, 400],
    ['protobuf sent as JSON', protobuf('run'), {}, 400],
    ['no gzip though it says so', body, { 'content-encoding': 'gzip' }, 400],
    ['truncated gzip', gzipSync(body).subarray(0, 60), { 'content-encoding': 'gzip' }, 400],
    ['doubly gzipped', gzipSync(gzipSync(body)), { 'content-encoding': 'gzip' }, 400],
    ['encodings stacked', gzipSync(gzipSync(body)), { 'content-encoding': 'gzip, gzip' }, 415],
    ['an unknown encoding', body, { 'content-encoding': 'br' }, 415],
    ['zstd', body, { 'content-encoding': 'zstd' }, 415],
    ['text/plain', body, { 'content-type': 'text/plain' }, 415],
    ['a form', body, { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a bomb of zeros', gzipSync(new Uint8Array(MAX_DECODED + 1)), { 'content-encoding': 'gzip' }, 413],
    ['more than the limit', new Uint8Array(MAX_BODY + 1), {}, 413],
  ] as const)(
    '%s is refused for good, with a sentence, and leaves nothing behind',
    async (_what, sent, headers, status) => {
      const collector = await openCollector()
      const answer = await send(collector, sent, headers)
      expect(answer.status).toBe(status)
      expect(answer.headers.get('retry-after')).toBeNull()
      const text = await answer.text()
      expect(text.length).toBeGreaterThan(20)
      expect(text).not.toMatch(/node:|\.ts|\.js|sqlite|SELECT/i)
      expect((await getJson(collector, '/api/runs')).runs).toEqual([])
      expect((await send(collector, body)).status).toBe(200)
    },
  )

  test('a refusal is a google.rpc.Status in the form of the request', async () => {
    const collector = await openCollector()
    expect(await (await send(collector, '{')).json()).toEqual({ code: 3, message: expect.stringContaining('JSON') })
    const binary = Buffer.from(await (await send(collector, Buffer.from([0x0a, 0x05]), PROTOBUF)).arrayBuffer())
    expect(binary.subarray(0, 3)).toEqual(Buffer.from([0x08, 3, 0x12]))
    expect(binary.toString('utf8', 4)).toContain('ends too early')
  })

  test('a body in pieces without a length is bounded as well (R2)', async () => {
    const collector = await openCollector()
    const piece = Buffer.alloc(1024 * 1024)
    const pieces = Array.from({ length: 18 }, () => [`${piece.length.toString(16)}\r\n`, piece, '\r\n']).flat()
    const head = 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
    const answer = await sendRaw(
      collector,
      `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      ...pieces,
      '0\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('an empty protobuf request is well: there is nothing in it', async () => {
    const collector = await openCollector()
    expect((await send(collector, new Uint8Array(), PROTOBUF)).status).toBe(200)
  })

  test('only POST is answered, the others are told so', async () => {
    const collector = await openCollector()
    const answer = await fetch(`${collector.url}/v1/traces`)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test('a store that cannot take it is temporary: 503, Retry-After 1, counted, not ready', async () => {
    const fail = async () => {
      throw new CollectorError('store_unavailable', 'database or disk is full at /secret/place')
    }
    const store = { name: 'full', append: fail, read: fail, list: fail, check: fail, close: async () => {} }
    const counters = createCounters()
    const server = createHttpServer({ store, counters, allowHosts: [], onDrop: () => {} })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    try {
      const answer = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await answer.json()).toEqual({ code: 14, message: 'The store cannot take it now; send it again.' })
      expect(counters).toMatchObject({ spans: 0, dropped: { unavailable: 1 } })
      for (const path of ['/readyz', '/api/runs']) {
        const refused = await fetch(url + path)
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
        expect(await refused.text()).not.toContain('secret')
      }
      expect((await fetch(`${url}/healthz`)).status).toBe(200)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('a span sent twice, or after its answer was lost, is there once (R8)', async () => {
    const collector = await openCollector()
    await send(collector, body)
    const key = toRunKey({ traceId: traceOf(1), spanId: spanOf(0) })
    const before = await (await fetch(`${collector.url}/api/runs/${key}/document?detail=1`)).text()
    const { port } = new URL(collector.url)
    const socket = connect(Number(port), '127.0.0.1')
    const head = `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
    await new Promise<void>((sent) => socket.end(head + body, () => sent()))
    socket.destroy()
    await send(collector, body)
    expect(await (await fetch(`${collector.url}/api/runs/${key}/document?detail=1`)).text()).toBe(before)
  })
})

describe('POST /v1/logs and /v1/metrics', () => {
  test.each([
    ['/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}, {}] }] }] }, 'rejectedLogRecords', '3'],
    [
      '/v1/metrics',
      {
        resourceMetrics: [
          { scopeMetrics: [{ metrics: [{ sum: { dataPoints: [{}] } }, { gauge: { dataPoints: [{}, {}] } }] }] },
        ],
      },
      'rejectedDataPoints',
      '3',
    ],
  ])('%s is answered with 200, and says that nothing of it is kept', async (path, request, rejected, count) => {
    const collector = await openCollector()
    const answer = await send(collector, JSON.stringify(request), {}, path)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      partialSuccess: { [rejected]: count, errorMessage: expect.stringContaining('keeps no') },
    })
    expect(collector.counters.dropped.not_kept).toBe(3)
    expect((await send(collector, '{', {}, path)).status).toBe(400)
  })

  test('protobuf is counted as well', async () => {
    const collector = await openCollector()
    // resource_logs { scope_logs { log_records {} log_records {} } }
    const logs = Buffer.from([0x0a, 6, 0x12, 4, 0x12, 0, 0x12, 0])
    const answer = await send(collector, logs, PROTOBUF, '/v1/logs')
    expect(decodeOfficialResponse(new Uint8Array(await answer.arrayBuffer()))).toMatchObject({
      partialSuccess: { rejectedSpans: 2 },
    })
    // resource_metrics { scope_metrics { metrics { name "m" sum { data_points {} data_points {} } } } }
    const metrics = Buffer.from([0x0a, 13, 0x12, 11, 0x12, 9, 0x0a, 1, 0x6d, 0x3a, 4, 0x0a, 0, 0x0a, 0])
    const second = await send(collector, metrics, PROTOBUF, '/v1/metrics')
    expect(decodeOfficialResponse(new Uint8Array(await second.arrayBuffer()))).toMatchObject({
      partialSuccess: { rejectedSpans: 2 },
    })
  })
})

describe('the door', () => {
  test('a request that dawdles and a crowd of connections have limits (R3)', () => {
    const store = {} as Parameters<typeof createHttpServer>[0]['store']
    const server = createHttpServer({ store, counters: createCounters(), allowHosts: [], onDrop: () => {} })
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, maxConnections: 1024 })
  })

  test('a foreign Host is refused, an address and a named one are let in (U2)', async () => {
    const collector = await openCollector({ allowHosts: ['runspan.internal'] })
    const ask = (host: string) =>
      sendRaw(collector, `GET /api/runs HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    for (const host of ['localhost', 'LOCALHOST:4318', '127.0.0.1:1', '[::1]:4318', 'runspan.internal:80']) {
      expect(await ask(host), host).toMatch(/^HTTP\/1\.1 200 /)
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'a@localhost', '']) {
      expect(await ask(host), host).toMatch(/^HTTP\/1\.1 421 /)
    }
  })

  test('with a token everything needs it but the health checks; a missing one is as wrong as a wrong one (U3)', async () => {
    const token = 'a-token-of-some-length'
    const collector = await openCollector({ token })
    const ask = async (path: string, authorization?: string) =>
      (await fetch(collector.url + path, { headers: authorization === undefined ? {} : { authorization } })).status
    for (const path of ['/api/runs', '/metrics', '/api/openapi.json', '/']) {
      expect(await ask(path)).toBe(401)
      for (const wrong of ['', 'Bearer', 'Bearer ', `Bearer ${token}x`, token, `Basic ${token}`, 'Bearer undefined']) {
        expect(await ask(path, wrong), wrong).toBe(401)
      }
    }
    expect(await ask('/api/runs', `Bearer ${token}`)).toBe(200)
    expect(await ask('/healthz')).toBe(200)
    expect(await ask('/readyz')).toBe(200)
    expect((await send(collector, body)).status).toBe(401)
    expect(collector.counters.dropped.refused).toBe(1)
    const binary = await send(collector, protobuf('run'), PROTOBUF)
    expect([binary.status, binary.headers.get('content-type')]).toEqual([401, 'application/x-protobuf'])
    expect((await send(collector, body, { authorization: `bearer ${token}` })).status).toBe(200)
  })

  test.each([
    ['GET // HTTP/1.1', 400],
    ['GET http://[ HTTP/1.1', 400],
    ['OPTIONS * HTTP/1.1', 400],
    ['GET /\\ HTTP/1.1', 400],
    ['GET /%00%ff/../.. HTTP/1.1', 404],
    ['GET /api/runs/%E0%A4%A HTTP/1.1', 404],
    ['BREW / HTTP/1.1', 400],
    ['nonsense', 400],
  ])('the request line %j is answered with %i and harms nobody (R18)', async (line, status) => {
    const collector = await openCollector()
    const answer = await sendRaw(collector, `${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect((await fetch(`${collector.url}/healthz`)).status).toBe(200)
  })

  test('a head beyond measure, two lengths, and TLS on the plain port end that connection only (R18)', async () => {
    const collector = await openCollector()
    const large = await sendRaw(collector, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(large).toMatch(/^HTTP\/1\.1 431 /)
    const two = 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'
    expect(await sendRaw(collector, two)).toMatch(/^HTTP\/1\.1 400 /)
    expect(await sendRaw(collector, Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]))).toMatch(/^HTTP\/1\.1 400 /)
    expect((await fetch(`${collector.url}/healthz`)).status).toBe(200)
  })
})
