import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import {
  IMPORTS,
  lines,
  only,
  type Received,
  readDocuments,
  receive,
  runChild,
  temporaryFolder,
} from './child.testsuite.js'

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')

/** The variables of the README's table of settings, forms of one name written out. */
function namesOfTable(): string[] {
  const rows = README.split('\n').filter((line) => /^\| `(RUNSPAN|OTEL)_/.test(line))
  return rows.flatMap((row) => {
    const names = [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name)
    const [base = ''] = names
    return names.map((name) => (name.startsWith('_') ? base.replace(/_(?=[A-Z]+$)/, name) : name))
  })
}

interface Sent {
  readonly documents: number
  readonly requests: readonly Received[]
  readonly resource: Record<string, unknown>
  readonly headers: readonly string[]
  readonly injected: readonly string[]
  readonly spans: number
  readonly said: readonly string[]
}

const PROGRAM = `${IMPORTS}
const { context, propagation } = await import('@opentelemetry/api')
let resource = {}, carried = {}, injected = {}
const look = { onStart(span) { resource = span.resource.attributes }, onEnd() {}, async forceFlush() {}, async shutdown() {} }
const r = startRunspan({ spanProcessors: [look] })
runWorkflow('burst', () => { for (let n = 0; n < 99; n += 1) runStep('a', () => { carried = headers(); propagation.inject(context.active(), injected) }) })
await r.shutdown()
console.log(JSON.stringify({ resource, headers: Object.keys(carried), injected: Object.keys(injected), spans: r.status().spans.sent }))`

/** What becomes of a run of 99 steps under these variables; `URL` in them is a server that takes all. */
async function sendUnder(variables: Record<string, string>): Promise<Sent> {
  const { url, seen } = await receive()
  const results = temporaryFolder()
  const values = Object.entries(variables).map(([name, value]) => [name, value.replace('URL', url)])
  const child = await runChild(PROGRAM, { env: { RUNSPAN_RESULTS_DIR: results, ...Object.fromEntries(values) } })
  expect(child.code).toBe(0)
  const said = lines(child.stderr)
  if (!('OTEL_BSP_MAX_QUEUE_SIZE' in variables)) expect(said).toEqual([])
  return { documents: readDocuments(results).length, requests: seen, said, ...JSON.parse(child.stdout) }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate()
}

const pathsOf = ({ requests }: Sent) => [...new Set(requests.map(({ path }) => path))].sort()
const typesOf = ({ requests }: Sent) => [...new Set(requests.map(({ headers }) => headers['content-type']))]
const TO = { OTEL_EXPORTER_OTLP_ENDPOINT: 'URL' }

/** What each variable does, by what a program does with it and without. */
const EFFECTS: Readonly<Record<string, () => Promise<void>>> = {
  async RUNSPAN_RESULTS_DIR() {
    expect(await sendUnder({})).toMatchObject({ documents: 1, requests: [], spans: 0 })
    expect((await sendUnder({ RUNSPAN_RESULTS_DIR: 'none' })).documents).toBe(0)
  },
  async RUNSPAN_ENDPOINT() {
    const sent = await sendUnder({ RUNSPAN_ENDPOINT: 'URL', OTEL_TRACES_SAMPLER: 'always_off' })
    expect([pathsOf(sent), sent.spans]).toEqual([['/v1/traces'], 100])
  },
  async RUNSPAN_TOKEN() {
    const { requests } = await sendUnder({ RUNSPAN_ENDPOINT: 'URL', RUNSPAN_TOKEN: 't0ken' })
    expect(only(requests).headers.authorization).toBe('Bearer t0ken')
  },
  async RUNSPAN_DISABLED() {
    expect(await sendUnder({ ...TO, RUNSPAN_DISABLED: '1' })).toMatchObject({ documents: 0, requests: [] })
  },
  async OTEL_SDK_DISABLED() {
    expect(await sendUnder({ ...TO, OTEL_SDK_DISABLED: 'true' })).toMatchObject({ documents: 0, requests: [] })
  },
  async OTEL_EXPORTER_OTLP_ENDPOINT() {
    expect(pathsOf(await sendUnder(TO))).toEqual(['/v1/metrics', '/v1/traces'])
  },
  async OTEL_EXPORTER_OTLP_TRACES_ENDPOINT() {
    expect(pathsOf(await sendUnder({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'URL/own' }))).toEqual(['/own'])
  },
  async OTEL_EXPORTER_OTLP_METRICS_ENDPOINT() {
    const sent = await sendUnder({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'URL/own' })
    expect([pathsOf(sent), sent.spans]).toEqual([['/own'], 0])
  },
  async OTEL_EXPORTER_OTLP_PROTOCOL() {
    expect(typesOf(await sendUnder(TO))).toEqual(['application/x-protobuf'])
    const sent = await sendUnder({ ...TO, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
    expect([pathsOf(sent), typesOf(sent)]).toEqual([['/v1/metrics', '/v1/traces'], ['application/json']])
  },
  async OTEL_TRACES_EXPORTER() {
    const sent = await sendUnder({ ...TO, OTEL_TRACES_EXPORTER: 'none' })
    expect([pathsOf(sent), sent.documents]).toEqual([['/v1/metrics'], 1])
  },
  async OTEL_METRICS_EXPORTER() {
    expect(pathsOf(await sendUnder({ ...TO, OTEL_METRICS_EXPORTER: 'none' }))).toEqual(['/v1/traces'])
  },
  async OTEL_TRACES_SAMPLER() {
    expect(await sendUnder({ ...TO, OTEL_TRACES_SAMPLER: 'always_off' })).toMatchObject({ documents: 1, spans: 0 })
  },
  async OTEL_TRACES_SAMPLER_ARG() {
    const ratio = { ...TO, OTEL_TRACES_SAMPLER: 'traceidratio' }
    expect((await sendUnder({ ...ratio, OTEL_TRACES_SAMPLER_ARG: '0' })).spans).toBe(0)
    expect((await sendUnder({ ...ratio, OTEL_TRACES_SAMPLER_ARG: '1' })).spans).toBe(100)
  },
  async RUNSPAN_BAGGAGE() {
    expect((await sendUnder({})).headers).toContain('baggage')
    expect((await sendUnder({ RUNSPAN_BAGGAGE: 'false' })).headers).not.toContain('baggage')
  },
  async OTEL_SERVICE_NAME() {
    expect((await sendUnder({})).resource['service.name']).toBe('@runspan/node')
    expect((await sendUnder({ OTEL_SERVICE_NAME: 'billing' })).resource['service.name']).toBe('billing')
  },
  async OTEL_RESOURCE_ATTRIBUTES() {
    const { resource } = await sendUnder({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,deployment.environment.name=b' })
    expect(resource).toMatchObject({ 'service.name': 'a', 'deployment.environment.name': 'b' })
  },
  async OTEL_NODE_RESOURCE_DETECTORS() {
    expect(await sendUnder({})).toMatchObject({ resource: { 'process.pid': expect.any(Number) } })
    const { resource } = await sendUnder({ OTEL_NODE_RESOURCE_DETECTORS: 'os' })
    expect(resource).toMatchObject({ 'os.type': expect.any(String) })
    expect(resource).not.toHaveProperty('process.pid')
  },
  async OTEL_PROPAGATORS() {
    expect((await sendUnder({})).injected).toContain('traceparent')
    expect((await sendUnder({ OTEL_PROPAGATORS: 'baggage' })).injected).not.toContain('traceparent')
  },
  async OTEL_EXPORTER_OTLP_HEADERS() {
    const { requests } = await sendUnder({ ...TO, OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue' })
    expect(requests.map(({ headers }) => headers['x-tenant'])).toEqual(requests.map(() => 'blue'))
  },
  async OTEL_EXPORTER_OTLP_COMPRESSION() {
    const { requests } = await sendUnder({ ...TO, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' })
    expect(requests.map(({ headers }) => headers['content-encoding'])).toEqual(requests.map(() => 'gzip'))
  },
  async OTEL_EXPORTER_OTLP_TIMEOUT() {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      silent.closeAllConnections()
      silent.close()
    })
    const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const { stderr } = await runChild(PROGRAM, {
      env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_TIMEOUT: '20', RUNSPAN_RESULTS_DIR: 'none' },
    })
    expect(only(lines(stderr))).toMatch(/could not be sent to .*time/i)
  },
  async OTEL_METRIC_EXPORT_INTERVAL() {
    const { url, seen } = await receive()
    const program = `${IMPORTS}
const r = startRunspan()
runWorkflow('burst', () => {})
setInterval(() => {}, 1e6)
console.log('up')`
    await runChild(program, {
      env: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: '50', RUNSPAN_RESULTS_DIR: 'none' },
      onOutput: (_stdout, kill) => void until(() => seen.length > 0).then(() => kill('SIGKILL')),
    })
    expect(seen.length).toBeGreaterThan(0)
  },
  async OTEL_BSP_MAX_QUEUE_SIZE() {
    expect((await sendUnder(TO)).spans).toBe(100)
    const { spans, said } = await sendUnder({ ...TO, OTEL_BSP_MAX_QUEUE_SIZE: '10' })
    expect(spans).toBeLessThan(100)
    expect(only(said)).toContain('OTEL_BSP_MAX_QUEUE_SIZE')
  },
}

test('every variable of the table of settings is under test', () => {
  const names = namesOfTable()
  expect(names).toContain('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT')
  expect(names.filter((name) => !(name in EFFECTS))).toEqual([])
})

test.each(Object.entries(EFFECTS))('%s does what the table says', (_name, effect) => effect())
