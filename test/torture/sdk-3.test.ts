import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../packages/node/src/child.testsuite.js'
import { FULL } from './scale.js'

const PACKAGES = fileURLToPath(new URL('../../packages', import.meta.url))
const NEEDED = ['@opentelemetry/api@1.10', '@opentelemetry/sdk-trace@3.1', '@opentelemetry/context-async-hooks@3.1']

/** The same run by all three roads of the 3.x line, sampled and not; each road must tell the same. */
const SCRIPT = `
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import * as otel from '@opentelemetry/sdk-trace'
import { memorySink, WorkflowResultsExporter, WorkflowResultsProcessor, workflowSampler } from '@runspan/exporter'
import { runStep, runWorkflow } from '@runspan/sdk'
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const told = []
for (const sampler of [new otel.AlwaysOnSampler(), new otel.AlwaysOffSampler()]) {
  const sinks = [memorySink(), memorySink(), memorySink()]
  const exporter = (sink) => new WorkflowResultsExporter({ folder: false, sinks: [sink] })
  const provider = new otel.TracerProvider({
    sampler: workflowSampler(sampler),
    spanProcessors: [
      new WorkflowResultsProcessor({ folder: false, sinks: [sinks[0]] }),
      new otel.SimpleSpanProcessor({ exporter: exporter(sinks[1]) }),
      new otel.BatchSpanProcessor({ exporter: exporter(sinks[2]) }),
    ],
  })
  trace.disable()
  trace.setGlobalTracerProvider(provider)
  await runWorkflow('etl', async () => {
    await runStep('a', () => 1)
    await runStep('b', async () => { throw new Error('no') }).catch(() => undefined)
  }).catch(() => undefined)
  await provider.forceFlush()
  await provider.shutdown()
  told.push(sinks.map((sink) => sink.documents().map(({ statuses }) => statuses.map(({ title, status }) => title + ' ' + status))))
}
console.log(JSON.stringify(told))
`

/** Why the 3.x line cannot be tried here; undefined when it can. */
function obstacle(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 15)) return `it needs Node 22.15, this is ${process.versions.node}`
  return FULL ? undefined : 'it is installed only for the full form (npm run torture)'
}

test('the exporter, the processor and the sampler serve the 3.x line of the SDK', () => {
  const why = obstacle()
  if (why !== undefined) {
    console.log(`SDK 3.1 was not tried: ${why}.`)
    return
  }
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', ...NEEDED], {
    cwd: folder,
    stdio: 'ignore',
  })
  if (status !== 0) {
    console.log('SDK 3.1 was not tried: it cannot be installed here.')
    return
  }
  for (const name of ['results', 'sdk', 'exporter']) {
    const place = join(folder, 'node_modules', '@runspan', name)
    mkdirSync(place, { recursive: true })
    cpSync(join(PACKAGES, name, 'lib'), join(place, 'lib'), { recursive: true })
    writeFileSync(join(place, 'package.json'), readFileSync(join(PACKAGES, name, 'package.json')))
  }
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT], { cwd: folder, encoding: 'utf8' })
  expect(child.stderr).toBe('')
  const [sampled, unsampled] = JSON.parse(child.stdout)
  const run = [['a success', 'b failed']]
  expect(sampled).toEqual([run, run, run])
  // What is recorded and not sampled is given to no exporter, by the SDK's own rule.
  expect(unsampled).toEqual([run, [], []])
}, 300_000)
