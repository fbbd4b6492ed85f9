import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  ETL,
  IMPORTS,
  leftovers,
  lines,
  only,
  readDocuments,
  rowsOf,
  runChild,
  temporaryFolder,
} from './child.testsuite.js'

const _NOBODY = 65_534

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
    const count = () => ['beforeExit', 'exit', 'SIGTERM', 'SIGINT', 'SIGHUP'].map((name) => process.listenerCount(name)).join()
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
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? '-'}`)
    request.resume().on('end', () => response.end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
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
  expect(seen.sort()).toEqual(['/standard -', '/v1/traces Bearer t0ken'])
})
