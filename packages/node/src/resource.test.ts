import { detectResources, hostDetector, processDetector } from '@opentelemetry/resources'
import { expect, test } from 'vitest'
import { IMPORTS, lines, only, runChild } from './child.testsuite.js'
import { readConfig } from './config.js'
import { createResource } from './resource.js'

const UNNAMED = { serviceName: undefined, serviceVersion: undefined }

/** What a program's spans say of where it runs. */
const ASK = `${IMPORTS}let resource
  const look = { onStart(span) { resource = span.resource }, onEnd() {}, async forceFlush() {}, async shutdown() {} }
  startRunspan({ results: false, spanProcessors: [look] }); runStep('a', () => 1)
  await resource.waitForAsyncAttributes?.(); console.log(JSON.stringify(resource.attributes))`

async function ask(env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  return JSON.parse((await runChild(ASK, { env })).stdout)
}

test('host and process are described as the stock detectors describe them', async () => {
  const stock = detectResources({ detectors: [hostDetector, processDetector] })
  const ours = createResource(UNNAMED, readConfig({}).detectors)
  await Promise.all([stock.waitForAsyncAttributes?.(), ours.waitForAsyncAttributes?.()])
  expect(ours.attributes).toMatchObject(stock.attributes)
  expect(Object.keys(stock.attributes)).toEqual(expect.arrayContaining(['host.name', 'host.arch', 'process.pid']))
})

test('each process is an instance of its own', async () => {
  const [one, other] = await Promise.all([ask(), ask()])
  const id = one['service.instance.id']
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(other['service.instance.id']).not.toBe(id)
})

test('OTEL_RESOURCE_ATTRIBUTES goes before whatever is found out', async () => {
  const given = {
    'container.id': 'c',
    'host.arch': 'a',
    'host.id': 'i',
    'host.name': 'h',
    'process.owner': 'o',
    'service.instance.id': 's',
    'service.name': 'n',
  }
  const text = Object.entries(given).map((pair) => pair.join('='))
  expect(await ask({ OTEL_RESOURCE_ATTRIBUTES: text.join() })).toMatchObject(given)
})

test.each([
  ['none', []],
  ['host', ['host']],
  [' os , serviceinstance', ['os', 'service.instance']],
  ['process,env', ['given', 'process']],
  ['all', ['given', 'host', 'os', 'process', 'service.instance']],
])('OTEL_NODE_RESOURCE_DETECTORS=%s finds out no more than that', async (OTEL_NODE_RESOURCE_DETECTORS, expected) => {
  const found = await ask({ OTEL_NODE_RESOURCE_DETECTORS, OTEL_RESOURCE_ATTRIBUTES: 'given.too=1' })
  const groups = ['given', 'host', 'os', 'process', 'service.instance']
  const has = (group: string) => Object.keys(found).some((name) => name.startsWith(`${group}.`))
  expect(groups.filter(has)).toEqual(expected)
  expect(found['service.name']).toBe('@runspan/node')
})

test('a detector that is not known is named and left out', async () => {
  const { stderr } = await runChild(`${IMPORTS}startRunspan({ results: false })`, {
    env: { OTEL_NODE_RESOURCE_DETECTORS: 'aws,host' },
  })
  expect(only(lines(stderr))).toMatch(
    /OTEL_NODE_RESOURCE_DETECTORS names "aws", which is not supported; use 'container'/,
  )
})
