import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ETL, IMPORTS, lines, only, receive, runChild } from './child.testsuite.js'
import { readConfig } from './config.js'
import { toTracesUrl } from './otlp.js'
import { createStandardExporter } from './span-exporter.js'

test.each(['http://a:4318', 'http://a:4318/', 'http://a:4318/v1/traces', 'http://a:4318/v1/traces/'])(
  'spans for the collector at %s go to its path for spans, once',
  (endpoint) => expect(toTracesUrl(endpoint)).toBe('http://a:4318/v1/traces'),
)

test('where RUNSPAN_ENDPOINT is the OTLP endpoint too, every span is sent there once, and it is said', async () => {
  const { url, seen } = await receive()
  const child = await runChild(
    `${IMPORTS}import { trace } from '@opentelemetry/api'
    const r = startRunspan({ results: false }); ${ETL}
    trace.getTracer('foreign').startSpan('foreign').end()
    await r.shutdown(); console.log(r.status().spans)`,
    {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=k,authorization=Bearer%20other',
        OTEL_TRACES_SAMPLER: 'always_off',
        OTEL_METRICS_EXPORTER: 'none',
        RUNSPAN_ENDPOINT: `${url}/`,
        RUNSPAN_TOKEN: 't0ken',
      },
    },
  )
  expect(child).toMatchObject({ code: 0, stdout: '{ sent: 2, lost: 0 }\n' })
  expect(lines(child.stderr)).toEqual([
    `runspan: RUNSPAN_ENDPOINT and the OTLP endpoint are both ${url}/v1/traces; spans are sent there once.`,
  ])
  expect(only(seen)).toMatchObject({
    path: '/v1/traces',
    headers: { 'x-api-key': 'k', authorization: 'Bearer t0ken' },
  })
})

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_METRICS_EXPORTER: 'none' }],
  [{ RUNSPAN_ENDPOINT: 'http://127.0.0.1:1' }],
])('what could not be sent is one line with the address and the reason: %j', async (env) => {
  const child = await runChild(`${IMPORTS}const r = startRunspan({ results: false }); ${ETL} await r.shutdown()`, {
    env,
  })
  expect(lines(child.stderr)).toEqual([
    'runspan: spans could not be sent to http://127.0.0.1:1/v1/traces: connect ECONNREFUSED 127.0.0.1:1. Is a collector listening there? The documents are not affected.',
  ])
})

test('a start that sends nothing reads no package that sends', async () => {
  const count = `const { createRequire } = await import('node:module')
    const read = Object.keys(createRequire(import.meta.url).cache).filter((path) => /otlp-|sdk-metrics|sdk-logs/.test(path))
    console.log(read.length)`
  const script = `${IMPORTS}startRunspan({ results: false }); ${ETL} ${count}`
  const sending = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none' }
  expect((await runChild(script)).stdout).toBe('0\n')
  expect(Number((await runChild(script, { env: sending })).stdout)).toBeGreaterThan(0)
})

test('where nothing takes what is not sampled, it is not even recorded', async () => {
  const script = (options: string) => `import { trace } from '@opentelemetry/api'${IMPORTS}
    startRunspan(${options})
    await runWorkflow('w', async () => console.log(trace.getActiveSpan().isRecording()))`
  const env = { OTEL_TRACES_SAMPLER: 'always_off', RUNSPAN_RESULTS_DIR: 'none' }
  const processor = '{ onStart() {}, onEnd() {}, async forceFlush() {}, async shutdown() {} }'
  expect((await runChild(script(''), { env })).stdout).toBe('false\n')
  expect((await runChild(script(`{ spanProcessors: [${processor}] }`), { env })).stdout).toBe('true\n')
})

test('all of a burst that waits when the program ends is sent', async () => {
  const { url, seen } = await receive()
  const child = await runChild(
    `${IMPORTS}const r = startRunspan({ results: false })
    runWorkflow('burst', () => { for (let n = 0; n < 20_000; n += 1) runStep('a', () => n) })
    await r.shutdown(); console.log(r.status().spans)`,
    { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url } },
  )
  expect(child).toMatchObject({ code: 0, stderr: '', stdout: '{ sent: 20001, lost: 0 }\n' })
  expect(seen.length).toBeGreaterThan(30)
})

test('what is sent is what the stock exporter sends, headers and bytes', async () => {
  const { url, seen } = await receive()
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=k',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const attributes = { text: 'é', list: [1, 2.5] }
  const span = new NodeTracerProvider().getTracer('t', '1').startSpan('foreign', { attributes })
  span.end()
  for (const exporter of [createStandardExporter(readConfig(env)), new OTLPTraceExporter()]) {
    const result = await new Promise((resolve) => exporter.export([span as unknown as ReadableSpan], resolve))
    expect(result).toEqual({ code: ExportResultCode.SUCCESS })
    await exporter.shutdown()
  }
  expect(seen).toHaveLength(2)
  expect(seen[0]).toEqual(seen[1])
})

test('what is more than the queue holds is counted, and said once', async () => {
  const { url } = await receive()
  const child = await runChild(
    `${IMPORTS}const r = startRunspan({ results: false })
    runWorkflow('burst', () => { for (let n = 0; n < 99; n += 1) runStep('a', () => n) })
    await r.shutdown(); const { sent, lost } = r.status().spans; console.log(sent > 0, lost > 0, sent + lost)`,
    { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url, OTEL_BSP_MAX_QUEUE_SIZE: '10' } },
  )
  expect(child.stdout).toBe('true true 100\n')
  expect(lines(child.stderr)).toEqual([
    `runspan: spans are left out: 10 wait to be sent to ${url}; raise OTEL_BSP_MAX_QUEUE_SIZE.`,
  ])
})

test('metrics that could not be sent are said where nothing is said of spans', async () => {
  const child = await runChild(`${IMPORTS}const r = startRunspan({ results: false }); ${ETL} await r.shutdown()`, {
    env: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:1/m' },
  })
  expect(only(lines(child.stderr))).toMatch(
    /^runspan: metrics could not be sent to http:\/\/127\.0\.0\.1:1\/m: .*ECONNREFUSED/,
  )
})
