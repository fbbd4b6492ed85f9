import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { metrics, trace } from '@opentelemetry/api'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { ATTR } from '@runspan/results/core'
import { expect, test } from 'vitest'
import { METRIC_ATTR, METRICS } from './metrics.js'
import { record } from './recording.testsuite.js'
import { runStep } from './run.js'
import { CICD, CICD_METRICS } from './semconv.js'
import { trackWorkflow } from './track.js'

record()
const home = new URL('../', import.meta.url)
// A plain script without declarations: what it exports is checked by what is expected of it here.
const { attributeRows, metricRows, withTables } = await import(
  pathToFileURL(fileURLToPath(new URL('harness/_table.mjs', home))).href
)
const names = { ATTR, METRICS, METRIC_ATTR, CICD, CICD_METRICS }

class Reader extends MetricReader {
  protected async onForceFlush() {}
  protected async onShutdown() {}
}

/** Uses everything that the tables name. */
async function useEverything(): Promise<void> {
  const options = { id: 'x', title: 't', mode: 'm', target: 'there', tags: ['a'], capture: true } as const
  const all = trackWorkflow('all', { ...options, version: '1', semconv: ['cicd'] }, async function flow() {
    let tries = 0
    await runStep('step', { ...options, retry: { maxRetries: 1, delay: 0 } }, async function work(step) {
      step.progress(0.5)
      step.warn('odd')
      tries += 1
      if (tries === 1) throw new Error('busy')
    })
    await runStep('stopped', { retry: 1 }, () =>
      Promise.reject(Object.assign(new Error('x'), { name: 'AbortError' })),
    ).catch(() => {})
    await trackWorkflow('inner', options, async function inner() {})()
    await runStep('fails', () => Promise.reject(new Error('x')))
  })
  await all().catch(() => {})
  await trackWorkflow('reports', { capture: true }, async () => {})()
  await trackWorkflow('tells', async function tells() {
    const { currentRun } = await import('./handle.js')
    currentRun().progress(1)
    currentRun().warn('odd')
  })()
  await runStep('loose', { capture: true }, () => Promise.reject(new Error('x'))).catch(() => {})
}

test('README.md has the tables as they are; write them with `node packages/sdk/harness/write-tables.mjs`', () => {
  const readme = readFileSync(new URL('README.md', home), 'utf8')
  expect(readme).toBe(withTables(readme, names))
})

test('the tables name what an exporter receives: every attribute, on which spans, and whether at start', async () => {
  trace.disable()
  const exporter = new InMemorySpanExporter()
  const atStart = new Set<string>()
  const seeStart = {
    onStart: (span: { attributes: object }) => {
      for (const name of Object.keys(span.attributes)) atStart.add(name)
    },
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  trace.setGlobalTracerProvider(
    new NodeTracerProvider({ spanProcessors: [seeStart, new SimpleSpanProcessor(exporter)] }),
  )
  await useEverything()
  const received = new Map<string, Set<string>>()
  for (const { attributes } of exporter.getFinishedSpans()) {
    for (const name of Object.keys(attributes)) {
      const kinds = received.get(name) ?? new Set()
      received.set(name, kinds.add(String(attributes[ATTR.kind])))
    }
  }
  const order = ['run', 'step', 'attempt']
  const seen = [...received].map(([name, kinds]) => [
    name,
    order.filter((kind) => kinds.has(kind)).join(' '),
    atStart.has(name),
  ])
  const told = (attributeRows(ATTR, CICD) as [string, string, string][]).map(([name, on, set]) => [
    name,
    on,
    set === 'start',
  ])
  const byName = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1)
  expect(seen.sort(byName)).toEqual(told.sort(byName))
})

test('the tables name what a metric reader receives: every instrument and its attributes', async () => {
  const reader = new Reader()
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  await useEverything()
  const { resourceMetrics } = await reader.collect()
  const received = resourceMetrics.scopeMetrics.flatMap(({ metrics: all }) =>
    all.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      descriptor.unit,
      [...new Set(dataPoints.flatMap(({ attributes }) => Object.keys(attributes)))].sort().join(' '),
    ]),
  )
  const told = (metricRows(METRICS, METRIC_ATTR, CICD_METRICS, CICD) as [string, string, string[]][]).map(
    ([name, kind, attributes]) => [name, kind.split(', ')[1], [...attributes].sort().join(' ')],
  )
  expect(received.sort()).toEqual(told.sort())
})
