import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { expect, onTestFinished, test } from 'vitest'
import {
  ETL,
  IMPORTS,
  leftovers,
  lines,
  only,
  readDocuments,
  receive,
  rowsOf,
  runChild,
  temporaryFolder,
} from './child.testsuite.js'

const HERE = fileURLToPath(new URL('..', import.meta.url))

test('a program that starts, runs and ends leaves one document and says nothing', async () => {
  const results = temporaryFolder()
  const { code, stderr, stdout } = await runChild(`${IMPORTS}
    const runspan = startRunspan({ results: '${results}' })
    let key
    await runWorkflow('etl', async (run) => { key = run.runKey; await runStep('a', () => 1) })
    await runspan.shutdown()
    console.log(JSON.stringify({ status: runspan.status(), path: runspan.pathOf(key) }))`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const document = only(readDocuments(results))
  expect(rowsOf(document)).toEqual(['a success'])
  const { status, path } = JSON.parse(stdout)
  expect(path).toBe(join(results, 'etl', `${document.run.id}.json`))
  expect(status).toEqual({
    documents: { written: 1, waiting: 0, dropped: 0, recovered: 0 },
    spans: { sent: 0, lost: 0 },
    problems: [],
  })
  expect(leftovers(results)).toEqual([])
})

test('--import @runspan/node/register is enough, and a startRunspan() after it gives the first handle and says so', async () => {
  const results = temporaryFolder()
  const child = await runChild(`${IMPORTS}${ETL}\nstartRunspan({ results: '/nowhere' }); startRunspan()`, {
    node: ['--import', '@runspan/node/register'],
    env: { RUNSPAN_RESULTS_DIR: results },
  })
  expect(child.code).toBe(0)
  expect(lines(child.stderr)).toEqual([
    'runspan: startRunspan() was called again; the first call stands and these options are ignored.',
  ])
  expect(readDocuments(results)).toHaveLength(1)
})

test('after shutdown it starts anew, as often as one likes, and leaves no listener behind', async () => {
  const results = temporaryFolder()
  const child = await runChild(`${IMPORTS}
    const count = () => ['newListener', 'beforeExit', 'exit', 'SIGTERM', 'SIGINT', 'SIGHUP'].map((name) => process.listenerCount(name)).join()
    const before = count()
    for (let i = 0; i < 30; i += 1) {
      const runspan = startRunspan({ results: '${results}' })
      ${ETL}
      await runspan.shutdown()
      await runspan.shutdown()
    }
    console.log(before === count())`)
  expect(child).toMatchObject({ code: 0, stderr: '', stdout: 'true\n' })
  expect(readDocuments(results)).toHaveLength(30)
})

test('switched off, there is nothing: no document, no folder, no word', async () => {
  for (const name of ['RUNSPAN_DISABLED', 'OTEL_SDK_DISABLED']) {
    const results = join(temporaryFolder(), 'results')
    const child = await runChild(
      `${IMPORTS}
      const runspan = startRunspan(); ${ETL}
      await runspan.forceFlush(); await runspan.shutdown()
      console.log(runspan.childEnv({ A: 'b' }).A, runspan.pathOf('x'))`,
      { env: { [name]: 'true', RUNSPAN_RESULTS_DIR: results } },
    )
    expect(child).toMatchObject({ code: 0, stderr: '', stdout: 'b undefined\n' })
    expect(existsSync(results)).toBe(false)
  }
})

test('RUNSPAN_RESULTS_DIR=none writes no files; the folder is resolved once', async () => {
  const place = temporaryFolder()
  const none = await runChild(`${IMPORTS}process.chdir('${place}'); startRunspan(); ${ETL}`, {
    env: { RUNSPAN_RESULTS_DIR: 'none' },
  })
  expect(none).toMatchObject({ code: 0, stderr: '' })
  expect(readdirSync(place)).toEqual([])
  const moved =
    await runChild(`${IMPORTS}process.chdir('${place}'); const r = startRunspan(); process.chdir('/'); ${ETL}
    console.log(r.childEnv().RUNSPAN_RESULTS_DIR)`)
  expect(moved.stdout).toBe(`${join(place, 'results')}\n`)
  expect(readDocuments(join(place, 'results'))).toHaveLength(1)
})

test('beside an existing provider it prints the two lines to add, and they work', async () => {
  const results = temporaryFolder()
  const taken = `
    import { trace } from '@opentelemetry/api'
    import { AlwaysOffSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
    import { WorkflowResultsProcessor, workflowSampler } from '@runspan/exporter'
    const yourSampler = new AlwaysOffSampler(), yourProcessors = []
  `
  const first = await runChild(`${IMPORTS}${taken}new NodeTracerProvider().register(); startRunspan(); ${ETL}`, {
    env: { RUNSPAN_RESULTS_DIR: results },
  })
  expect(first.code).toBe(0)
  expect(first.stderr).toContain('another OpenTelemetry provider is already registered')
  const printed = first.stderr.split('\n').filter((line) => line.startsWith('  '))
  expect(printed).toHaveLength(2)
  expect(existsSync(join(results, 'etl'))).toBe(false)

  const second = await runChild(
    `${IMPORTS}${taken}
    const provider = new NodeTracerProvider({\n${printed.join('\n')}\n})
    provider.register(); ${ETL} await provider.shutdown()`,
    { env: { RUNSPAN_RESULTS_DIR: results } },
  )
  expect(second).toMatchObject({ code: 0, stderr: '' })
  expect(rowsOf(only(readDocuments(results)))).toEqual(['a success'])
})

test('spans leave over OTLP to where the variables say, with the token to a Runspan collector', async () => {
  const { url, seen } = await receive()
  const child = await runChild(
    `${IMPORTS}const r = startRunspan({ results: false }); ${ETL} await r.shutdown(); console.log(r.status().spans)`,
    {
      env: {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/standard`,
        RUNSPAN_ENDPOINT: `${url}/`,
        RUNSPAN_TOKEN: 't0ken',
        OTEL_METRICS_EXPORTER: 'none',
      },
    },
  )
  expect(child).toMatchObject({ code: 0, stderr: '', stdout: '{ sent: 4, lost: 0 }\n' })
  expect(seen.map(({ path, headers }) => `${path} ${headers.authorization ?? '-'}`).sort()).toEqual([
    '/standard -',
    '/v1/traces Bearer t0ken',
  ])
})

test('the headers that are meant for the OTLP endpoint are not sent to the Runspan collector', async () => {
  const { url, seen } = await receive()
  const child = await runChild(`${IMPORTS}const r = startRunspan({ results: false }); ${ETL} await r.shutdown()`, {
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/standard`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=all,authorization=Basic%20vendor',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-traces-key=traces',
      RUNSPAN_ENDPOINT: url,
      OTEL_METRICS_EXPORTER: 'none',
    },
  })
  expect(child).toMatchObject({ code: 0, stderr: '' })
  const vendor = only(seen.filter(({ path }) => path === '/standard')).headers
  expect(vendor).toMatchObject({ 'x-api-key': 'all', 'x-traces-key': 'traces', authorization: 'Basic vendor' })
  const {
    'x-api-key': all,
    'x-traces-key': traces,
    ...ours
  } = only(seen.filter(({ path }) => path === '/v1/traces')).headers
  expect([all, traces, ours.authorization]).toEqual([undefined, undefined, undefined])
  expect(ours['content-type']).toBe('application/x-protobuf')
})

test('shutdown takes back only what the start has set', async () => {
  const child = await runChild(`import { context, metrics, propagation, trace } from '@opentelemetry/api'
    import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
    import { W3CBaggagePropagator } from '@opentelemetry/core'
    import { MeterProvider } from '@opentelemetry/sdk-metrics'${IMPORTS}
    const theirs = new MeterProvider()
    metrics.setGlobalMeterProvider(theirs)
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    propagation.setGlobalPropagator(new W3CBaggagePropagator())
    const r = startRunspan({ results: false }); ${ETL} await r.shutdown()
    const key = Symbol('key')
    const inside = context.with(context.active().setValue(key, 1), () => context.active().getValue(key))
    console.log(metrics.getMeterProvider() === theirs, inside, propagation.fields().join())
    console.log(trace.getTracer('x').startSpan('y').isRecording())
    context.disable(); propagation.disable(); metrics.disable()
    const again = startRunspan({ results: false })
    console.log(propagation.fields().join())
    await again.shutdown()
    console.log(propagation.fields().length)`)
  expect(child).toMatchObject({ code: 0, stderr: '' })
  expect(child.stdout).toBe('true 1 baggage\nfalse\ntraceparent,tracestate,baggage\n0\n')
})

test.each([
  [{}, { 'service.name': 'from-env', 'service.version': '9.9.9' }],
  [{ serviceVersion: '1.2.3' }, { 'service.name': 'from-env', 'service.version': '1.2.3' }],
  [{ serviceName: 'given' }, { 'service.name': 'given', 'service.version': '9.9.9' }],
])('the options %j win over OTEL_RESOURCE_ATTRIBUTES', async (options, expected) => {
  const child = await runChild(
    `${IMPORTS}let seen
    const look = { onStart() {}, onEnd(span) { seen = span.resource.attributes }, async forceFlush() {}, async shutdown() {} }
    startRunspan({ results: false, spanProcessors: [look], ...${JSON.stringify(options)} }); ${ETL}
    console.log(JSON.stringify(seen))`,
    { env: { OTEL_RESOURCE_ATTRIBUTES: 'service.name=from-env,service.version=9.9.9' } },
  )
  expect(JSON.parse(child.stdout)).toMatchObject(expected)
})

test('the standard variables choose the format of each signal, the propagators and the interval of metrics', async () => {
  const { url, seen } = await receive()
  const child = await runChild(
    `import { metrics, propagation } from '@opentelemetry/api'${IMPORTS}
    const r = startRunspan({ results: false })
    console.log(propagation.fields().join())
    metrics.getMeter('x').createCounter('c').add(1)
    ${ETL} await r.shutdown()`,
    {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
        OTEL_METRIC_EXPORT_INTERVAL: '20000',
        OTEL_PROPAGATORS: 'baggage, b3',
      },
    },
  )
  expect(child).toMatchObject({ code: 0, stdout: 'baggage\n' })
  expect(only(lines(child.stderr))).toMatch(/OTEL_PROPAGATORS names "b3", which is not supported/)
  const types = seen.map(({ path, headers }) => `${path} ${headers['content-type']}`)
  expect([...new Set(types)].sort()).toEqual(['/v1/metrics application/x-protobuf', '/v1/traces application/json'])
})

test('metrics are sent as often as OTEL_METRIC_EXPORT_INTERVAL says', async () => {
  const { url, seen } = await receive()
  const child = await runChild(
    `import { metrics } from '@opentelemetry/api'${IMPORTS}startRunspan({ results: false })
    metrics.getMeter('x').createCounter('c').add(1)
    setInterval(() => undefined, 1_000)
    console.log('ready')`,
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_METRIC_EXPORT_INTERVAL: '20' },
      onOutput: (_text, kill) => {
        const look = setInterval(() => {
          if (seen.length < 3) return
          clearInterval(look)
          kill('SIGKILL')
        }, 10)
      },
    },
  )
  expect(child.signal).toBe('SIGKILL')
  expect(seen[0]?.path).toBe('/v1/metrics')
})

test('bundled into one file a program tracks all the same, and says what it takes to send', async () => {
  const [results, folder] = [temporaryFolder(), temporaryFolder()]
  const program = join(HERE, `.bundled-${process.pid}.mjs`)
  onTestFinished(() => rmSync(program, { force: true }))
  writeFileSync(program, `${IMPORTS}startRunspan(); ${ETL}`)
  const bundle = await rolldown({ input: program, platform: 'node', tsconfig: false })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  await bundle.close()
  const file = join(folder, 'program.mjs')
  writeFileSync(file, output[0].code)
  const child = await runChild(`await import(${JSON.stringify(file)})`, {
    env: { RUNSPAN_RESULTS_DIR: results, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
  })
  expect(child.code).toBe(0)
  expect(lines(child.stderr).join('\n')).toMatch(
    /nothing is sent: Cannot find module '@opentelemetry.*Keep @opentelemetry/,
  )
  expect(readDocuments(results)).toHaveLength(1)
})

test('a sampler and metric readers that are given are used, and need no endpoint', async () => {
  const child = await runChild(`import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-node'
    import { AggregationTemporality, InMemoryMetricExporter, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
    import { trace } from '@opentelemetry/api'${IMPORTS}
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter })
    const r = startRunspan({ results: false, sampler: new AlwaysOffSampler(), metricReaders: [reader] })
    ${ETL}
    await r.forceFlush()
    const names = exporter.getMetrics().flatMap((all) => all.scopeMetrics.flatMap(({ metrics }) => metrics.map((m) => m.descriptor.name)))
    console.log(names.includes('runspan.run.duration'), trace.getTracer('x').startSpan('y').isRecording())
    await r.shutdown()`)
  expect(child).toMatchObject({ code: 0, stderr: '', stdout: 'true false\n' })
})

test('a program of CommonJS can require it, and send', async () => {
  const { url, seen } = await receive()
  const results = temporaryFolder()
  const program = `import { createRequire } from 'node:module'
    const require = createRequire(import.meta.url)
    const { startRunspan } = require('@runspan/node'); const { runWorkflow, runStep } = require('@runspan/sdk')
    const r = startRunspan(); ${ETL} await r.shutdown()`
  const child = await runChild(program, {
    env: { RUNSPAN_RESULTS_DIR: results, OTEL_EXPORTER_OTLP_ENDPOINT: url },
    node: ['--no-warnings'],
  })
  expect(child).toMatchObject({ code: 0, stderr: '' })
  expect(readDocuments(results)).toHaveLength(1)
  expect(seen.map(({ path }) => path).sort()).toEqual(['/v1/metrics', '/v1/traces'])
})
