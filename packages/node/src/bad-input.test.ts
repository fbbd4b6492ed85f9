import { chmodSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ETL, IMPORTS, lines, only, readDocuments, rowsOf, runChild, temporaryFolder } from './child.testsuite.js'

/** Makes root a user who may write nothing, once the modules are read; any other user is one already. */
const AS_NOBODY = 'if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) };'

test('a missing results folder is made', async () => {
  const results = join(temporaryFolder(), 'deep', 'er')
  await runChild(`${IMPORTS}startRunspan({ results: '${results}' }); ${ETL}`)
  expect(readDocuments(results)).toHaveLength(1)
})

test('a folder that cannot be written is said once, with what to do, and the program goes on', async () => {
  const results = temporaryFolder()
  chmodSync(results, 0o555)
  const child = await runChild(
    `${IMPORTS}${AS_NOBODY}const r = startRunspan({ results: '${results}' }); ${ETL}${ETL}
    await r.shutdown(); console.log('done', r.status().documents.waiting)`,
  )
  expect(child).toMatchObject({ code: 0, stdout: 'done 2\n' })
  const said = lines(child.stderr).filter((line) => line.includes('Cannot write'))
  expect(only(said)).toMatch(
    /Cannot write result documents into '.*': EACCES.*; make the folder writable for this user, or name another one \(RUNSPAN_RESULTS_DIR\)\./,
  )
})

test('a file in the place of the folder is said; what was recorded is written as soon as it can be', async () => {
  const results = join(temporaryFolder(), 'results')
  writeFileSync(results, 'x')
  const child = await runChild(`${IMPORTS}import { rmSync } from 'node:fs'
    const r = startRunspan({ results: '${results}' }); ${ETL}
    rmSync('${results}'); await r.shutdown()`)
  expect(child.code).toBe(0)
  expect(child.stderr).toMatch(/a part of the path is a file; name another folder/)
  expect(readDocuments(results)).toHaveLength(1)
})

test.each([`''`, `7`, `null`, `undefined`, `{}`, `Symbol('x')`])(
  'the name %s is refused where the function is wrapped',
  async (name) => {
    const child = await runChild(`${IMPORTS}startRunspan({ results: false })
    try { trackStep(${name}, () => 1); console.log('taken') } catch (error) { console.log(error.name, error.message) }`)
    expect(child.stdout).toMatch(/^SdkError .*name/)
  },
)

test('a value that cannot be recorded costs no more than itself', async () => {
  const results = temporaryFolder()
  const child = await runChild(`${IMPORTS}startRunspan({ results: '${results}' })
    const cyclic = {}; cyclic.self = cyclic
    const hostile = new Proxy({}, { get(_, name) { if (name === 'then') return; throw new Error('no') }, ownKeys() { throw new Error('no') } })
    const values = [cyclic, hostile, 10n, Symbol('s'), () => 1, new Date(NaN), new Map([[1, 2]]), { get x() { throw 1 } }, undefined, NaN]
    await runWorkflow('etl', { capture: true }, async (run) => {
      for (const value of values) {
        const got = await trackStep('take', { capture: true, target: () => value }, async (v) => v)(value)
        if (!Object.is(got, value)) console.log('changed')
      }
    })`)
  expect(child).toMatchObject({ code: 0, stdout: '' })
  expect(rowsOf(only(readDocuments(results)))).toEqual(Array.from({ length: 10 }, () => 'take success'))
})

test('an OTLP endpoint that nobody answers is said once, and costs the program nothing', async () => {
  const results = temporaryFolder()
  const child = await runChild(
    `${IMPORTS}const r = startRunspan({ results: '${results}' }); ${ETL}
    const began = performance.now(); await r.shutdown(); console.log(performance.now() - began < 6_000, r.status().spans)`,
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    },
  )
  expect(child.code).toBe(0)
  expect(child.stdout).toBe('true { sent: 0, lost: 2 }\n')
  expect(child.ms).toBeLessThan(9_000)
  expect(only(lines(child.stderr))).toMatch(
    /spans could not be sent to http:.*ECONNREFUSED.*Is a collector listening there\? The documents are not affected\./,
  )
  expect(readDocuments(results)).toHaveLength(1)
})

test('an endpoint that accepts and never answers delays the exit by no more than the deadline', async () => {
  const results = temporaryFolder()
  const server = createTcpServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const child = await runChild(
    `${IMPORTS}startRunspan({ results: '${results}', endpoint: 'http://127.0.0.1:${port}' }); ${ETL}`,
  )
  expect(child.code).toBe(0)
  expect(child.ms).toBeLessThan(8_000)
  expect(lines(child.stderr).length).toBeLessThanOrEqual(2)
  expect(readDocuments(results)).toHaveLength(1)
})

test('of a burst it delays the exit by two tries, not by one for each request', async () => {
  const server = createTcpServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const child = await runChild(
    `${IMPORTS}const r = startRunspan({ results: false })
    runWorkflow('burst', () => { for (let n = 0; n < 10_000; n += 1) runStep('a', () => n) })
    process.on('exit', () => { const { sent, lost } = r.status().spans; console.log(sent, lost) })`,
    { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}` } },
  )
  expect(child).toMatchObject({ code: 0, stdout: '0 10001\n' })
  expect(child.ms).toBeLessThan(14_000)
  expect(lines(child.stderr).length).toBeLessThanOrEqual(2)
})

test('invalid variables are named, with what is used instead, and nothing breaks', async () => {
  const results = temporaryFolder()
  const child = await runChild(`${IMPORTS}startRunspan(); ${ETL}`, {
    env: {
      RUNSPAN_RESULTS_DIR: results,
      OTEL_TRACES_SAMPLER: 'sometimes',
      OTEL_TRACES_EXPORTER: 'zipkin',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_BSP_MAX_QUEUE_SIZE: '-5',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 'many',
      RUNSPAN_ENDPOINT: 'collector.local',
    },
  })
  expect(child.code).toBe(0)
  for (const name of [
    /OTEL_TRACES_SAMPLER is "sometimes", which is not known/,
    /OTEL_TRACES_EXPORTER is "zipkin", which is not supported/,
    /OTEL_METRICS_EXPORTER is "prometheus"/,
    /OTEL_EXPORTER_OTLP_PROTOCOL is "grpc".*Using http\/protobuf/,
    /OTEL_BSP_MAX_QUEUE_SIZE is "-5"; give a whole number above 0/,
    /OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT/,
    /RUNSPAN_ENDPOINT is "collector.local", which is no http or https address/,
  ])
    expect(
      only(lines(child.stderr).filter((line) => line.includes(/[A-Z]+_[A-Z_]+/.exec(name.source)?.[0] ?? ''))),
    ).toMatch(name)
  expect(readDocuments(results)).toHaveLength(1)
})

test('a credential in an address that is wrong is not repeated', async () => {
  const child = await runChild(`${IMPORTS}startRunspan({ results: false })`, {
    env: {
      RUNSPAN_ENDPOINT: 'htp://user:hunter22@collector',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:hunter22@collector',
    },
  })
  expect(lines(child.stderr)).toHaveLength(2)
  expect(child.stderr).not.toContain('hunter22')
})

test('options that cannot be used are refused at once', async () => {
  const child = await runChild(`${IMPORTS}
    for (const options of [{ results: '' }, { results: false, sinks: ['x'] }]) {
      try { startRunspan(options) } catch (error) { console.log(error.name) }
    }`)
  expect(child.stdout).toBe('ExporterError\nExporterError\n')
})
