import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { servedDocument } from './documents.js'
import { eventually, freePorts, isUp, runProgram } from './program.js'
import { query, scrapeConfig } from './scrape.js'
import {
  binary,
  openSite,
  root,
  type Site,
  startJaeger,
  startPrometheus,
  startRunspanServer,
  startTelemetry,
} from './stack.js'

const stack = join(root, 'examples/stack')
const TOKEN = 'a-token-of-the-example-stack'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

/** A run of three steps through a Collector; gives its key. */
async function runPoison(endpoint: string): Promise<string> {
  const { output } = await runProgram(process.execPath, [join(root, 'test/stack/workloads/poison.mjs')], {
    env: { RUNSPAN_RESULTS_DIR: 'none', RUNSPAN_ENDPOINT: endpoint },
  })
  return output.slice(0, 49)
}

describe('the configuration of the Collector', () => {
  it('is accepted by its own validation, without a word', async () => {
    const args = ['validate', '--config', join(root, 'otel-collector.yaml')]
    expect(await runProgram(binary('otelcol-runspan'), args)).toEqual({ code: 0, output: '' })
  })

  it('starts without a warning, and with nothing that is deprecated', async () => {
    const telemetry = await startTelemetry(site, { runspan: 'http://127.0.0.1:9' }, 'quiet')
    await eventually('its word that it is ready', () => telemetry.output().includes('Everything is ready'))
    expect(telemetry.output()).not.toMatch(/\bwarn\b|\berror\b|deprecat|please rewrite/i)
    expect(await telemetry.stop()).toBe(0)
  })
})

describe('the door for gRPC', () => {
  it('takes what another Collector sends through it, on to the Runspan collector', async () => {
    const runspan = await startRunspanServer(site)
    const telemetry = await startTelemetry(site, { runspan: runspan.url }, 'grpc')
    const [port] = await freePorts(1)
    const first = join(site.folder, 'first.yaml')
    await writeFile(
      first,
      stringify({
        receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
        exporters: { otlp_grpc: { endpoint: `127.0.0.1:${telemetry.grpcPort}`, tls: { insecure: true } } },
        service: {
          telemetry: { metrics: { level: 'none' } },
          pipelines: { traces: { receivers: ['otlp'], exporters: ['otlp_grpc'] } },
        },
      }),
    )
    const relay = site.start(binary('otelcol-runspan'), ['--config', first])
    await eventually('the first Collector', () => relay.output().includes('Everything is ready'))
    const key = await runPoison(`http://127.0.0.1:${port}`)
    await eventually('the document', () => servedDocument(runspan.url, key))
    await relay.stop()
    await telemetry.stop()
    await runspan.stop()
  })
})

describe('the configuration of Prometheus', () => {
  it.each([
    ['check', 'config', 'prometheus.yaml'],
    ['check', 'rules', 'rules.yaml'],
    ['test', 'rules', 'rules_test.yaml'],
  ])('promtool %s %s %s', async (...args) => {
    const { code, output } = await runProgram(binary('promtool'), args, { cwd: stack })
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')])
  })

  it('promtool sees when a rule does not do what its test says', async () => {
    const rules = join(site.folder, 'rules.yaml')
    const script = `sed 's/failed_in_a_row >= 3/failed_in_a_row >= 4/' rules.yaml > ${rules} && cp rules_test.yaml ${site.folder}`
    await runProgram('sh', ['-c', script], { cwd: stack })
    const { code, output } = await runProgram(binary('promtool'), ['test', 'rules', 'rules_test.yaml'], {
      cwd: site.folder,
    })
    expect(code).toBe(1)
    expect(output).toContain('RunspanFailedInARow')
  })
})

describe('a Runspan collector that asks for a token', () => {
  it('takes what the Collector sends with it, by any name that it was told', async () => {
    const runspan = await startRunspanServer(site, TOKEN)
    const telemetry = await startTelemetry(site, { runspan: runspan.url, env: { RUNSPAN_TOKEN: TOKEN } }, 'token')
    const key = await runPoison(telemetry.otlp)
    const headers = { authorization: `Bearer ${TOKEN}` }
    await eventually('the document', () => servedDocument(runspan.url, key, headers))
    expect((await fetch(`${runspan.url}/api/runs`)).status).toBe(401)
    // As compose sets it: the Collector there asks for http://runspan:4319.
    expect(await statusFor(runspan.url, 'runspan:4319')).toBe(200)
    expect(await statusFor(runspan.url, 'evil.example')).toBe(421)
    await telemetry.stop()
    await runspan.stop()
  })

  it('refuses a wrong one, and the alert for dropped spans sees it in a real Prometheus', async () => {
    const runspan = await startRunspanServer(site, TOKEN)
    const telemetry = await startTelemetry(site, { runspan: runspan.url, env: { RUNSPAN_TOKEN: 'another' } }, 'wrong')
    const targets = { programs: [telemetry.promPort], 'otel-collector': [telemetry.telemetryPort] }
    // The same rules, looked at every second.
    const rules = join(site.folder, 'hurried.yaml')
    await writeFile(rules, (await readFile(join(stack, 'rules.yaml'), 'utf8')).replace(/interval: 30s/, 'interval: 1s'))
    const prometheus = await startPrometheus(site, await scrapeConfig(targets, rules))
    const firing = (alert: string) => query(prometheus.api, `ALERTS{alertname="${alert}",alertstate="firing"}`)

    await runPoison(telemetry.otlp)
    await eventually('the Collector to give up', () => telemetry.output().includes('Permanent error'))
    // A counter that was not there before has no rate: it takes a second loss for Prometheus to see one.
    await eventually(
      'the alert',
      async () => {
        await runPoison(telemetry.otlp)
        return (await firing('CollectorDropsSpans')).length > 0
      },
      90_000,
    )
    expect((await firing('CollectorDropsSpans'))[0]?.metric).toMatchObject({
      exporter: 'otlp_http/results',
      severity: 'page',
    })
    expect(await firing('CollectorRefusesSpans')).toEqual([])
    const answer = (await (await fetch(`${prometheus.api}/api/v1/rules`)).json()) as {
      data: { groups: { rules: { health: string }[] }[] }
    }
    const health = answer.data.groups.flatMap((group) => group.rules.map((rule) => rule.health))
    expect(health.length).toBeGreaterThan(15)
    expect(health).not.toContain('err')
    for (const name of ['otelcol_exporter_queue_size', 'otelcol_exporter_queue_capacity']) {
      expect(await query(prometheus.api, `${name}{exporter="otlp_http/results"}`), name).not.toEqual([])
    }
    expect(await query(prometheus.api, 'otelcol_receiver_refused_spans{receiver="otlp"}')).not.toEqual([])
  })
})

/** What is answered to a request that is addressed to this host. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/api/runs`, { headers: { host, authorization: `Bearer ${TOKEN}` } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
      .on('error', reject)
      .end()
  })
}

describe('the configuration of Jaeger', () => {
  it('starts, and answers at its own ports', async () => {
    const jaeger = await startJaeger(site)
    expect(await isUp(`${jaeger.api}/api/services`)).toBe(true)
    expect(jaeger.output()).not.toMatch(/deprecat/i)
  })
})
