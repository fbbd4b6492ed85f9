import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { serve } from '../command.testsuite.js'
import { ask } from './doctor.testsuite.js'

async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('runspan doctor, of endpoints', () => {
  test('sends what the programs would send: path, headers, an empty body', async () => {
    const asked: unknown[] = []
    const url = await answering((request, response) => {
      const { method, url: path, headers } = request
      asked.push([method, path, headers['content-type'], headers['content-length'], headers.authorization, headers.x])
      response.end()
    })
    const withPassword = url.replace('://', '://user:hunter2@')
    const { code, of, stdout } = await ask({
      RUNSPAN_ENDPOINT: `${withPassword}/base/`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/own/path`,
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20hunter2,x=1',
    })
    expect(code).toBe(0)
    expect(asked.sort()).toEqual([
      ['POST', '/base/v1/traces', 'application/x-protobuf', '0', `Basic ${btoa('user:hunter2')}`, undefined],
      ['POST', '/own/path', 'application/x-protobuf', '0', 'Bearer hunter2', '1'],
    ])
    expect(of('RUNSPAN_ENDPOINT')?.state).toBe('ok')
    expect(stdout).not.toContain('hunter2')
  })

  test('a missing token, a wrong path, silence and nobody at all fail, each with its fix', async () => {
    const token = 'a-token-of-some-length'
    const { facts } = await serve([], { RUNSPAN_TOKEN: token })
    const guarded = facts.otlp
    const lost = await answering((_request, response) => response.writeHead(404).end())
    const ill = await answering((_request, response) => response.writeHead(503).end())
    const silent = await answering(() => undefined)
    for (const [env, word, fix] of [
      [{ RUNSPAN_ENDPOINT: guarded }, '401', 'RUNSPAN_TOKEN'],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: lost }, '404', 'export OTEL_EXPORTER_OTLP_ENDPOINT='],
      [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ill }, '503', 'curl -v'],
      [{ RUNSPAN_ENDPOINT: silent }, 'no answer in 2000 ms', 'runspan serve --port'],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://nobody.invalid:4318' }, 'does not answer', 'curl'],
    ] as const) {
      const { code, said } = await ask(env)
      const failed = said.filter(({ state }) => state === 'FAIL')
      expect(code).toBe(1)
      expect(failed).toHaveLength(1)
      expect(failed[0]?.text).toContain(word)
      expect(failed[0]?.fix).toContain(fix)
    }
    expect((await ask({ RUNSPAN_ENDPOINT: guarded, RUNSPAN_TOKEN: token })).code).toBe(0)
  })

  test('OTEL_TRACES_EXPORTER=none sends nothing there, so nothing is asked there', async () => {
    const { code, of } = await ask({
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    })
    expect([code, of('endpoint')?.state]).toEqual([0, 'ok'])
  })
})
