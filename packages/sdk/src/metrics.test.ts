import { metrics } from '@opentelemetry/api'
import { type DataPoint, type Histogram, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-node'
import { beforeEach, describe, expect, test } from 'vitest'
import { createNames, OTHER } from './metric-names.js'
import { record } from './recording.testsuite.js'
import { runStep, runWorkflow } from './run.js'
import { trackWorkflow } from './track.js'

class Reader extends MetricReader {
  protected async onForceFlush() {}
  protected async onShutdown() {}
}

let reader: Reader
const recorded = record({ sampler: new TraceIdRatioBasedSampler(0.01) })
beforeEach(() => {
  reader = new Reader()
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
})

/** The points of every metric, by its name. */
async function collect(): Promise<Map<string, DataPoint<number | Histogram>[]>> {
  const { resourceMetrics } = await reader.collect()
  const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  return new Map(all.map((metric) => [metric.descriptor.name, metric.dataPoints as DataPoint<number | Histogram>[]]))
}
const points = (found: DataPoint<number | Histogram>[] | undefined) =>
  found?.map(({ attributes, value }) => ({ ...attributes, value: typeof value === 'number' ? value : value.count }))

describe('metrics', () => {
  test('count every run, where one trace of a hundred is sampled', async () => {
    const flow = trackWorkflow('etl', async (n: number) => {
      await runStep('load', async () => {
        if (n % 4 === 0) throw new TypeError('no')
      })
    })
    for (let n = 0; n < 200; n += 1) await flow(n).catch(() => {})
    expect(recorded.spans().length).toBeLessThan(50)
    const found = await collect()
    const workflow = { 'runspan.workflow': 'etl' }
    expect(points(found.get('runspan.run.duration'))).toEqual([
      { ...workflow, 'runspan.outcome': 'failed', 'error.type': 'TypeError', value: 50 },
      { ...workflow, 'runspan.outcome': 'success', value: 150 },
    ])
    expect(points(found.get('runspan.step.duration'))).toEqual([
      { ...workflow, 'runspan.step': 'load', 'runspan.outcome': 'failed', 'error.type': 'TypeError', value: 50 },
      { ...workflow, 'runspan.step': 'load', 'runspan.outcome': 'success', value: 150 },
    ])
    expect(points(found.get('runspan.run.active'))).toEqual([{ ...workflow, value: 0 }])
    expect(points(found.get('runspan.run.success_ratio'))).toEqual([{ ...workflow, value: 0.75 }])
  })

  test('measure seconds, count open runs and retries, and leave cancelled ones out of the ratio', async () => {
    let release: () => void = () => {}
    const open = runWorkflow('slow', () => new Promise<void>((resolve) => (release = resolve)))
    expect(points((await collect()).get('runspan.run.active'))).toEqual([{ 'runspan.workflow': 'slow', value: 1 }])
    release()
    await open
    await runWorkflow('slow', async (run) => run.skip('none'))
    let tries = 0
    await runStep('loose', { retry: { maxRetries: 2, delay: 0 } }, () => {
      tries += 1
      if (tries < 3) throw new Error('x')
    })
    const found = await collect()
    expect(points(found.get('runspan.step.retries'))).toEqual([{ 'runspan.step': 'loose', value: 2 }])
    expect(points(found.get('runspan.run.success_ratio'))).toEqual([{ 'runspan.workflow': 'slow', value: 1 }])
    const [duration] = found.get('runspan.run.duration') ?? []
    expect(duration?.value).toMatchObject({ buckets: { boundaries: expect.objectContaining({ length: 18 }) } })
    expect(duration?.value).toHaveProperty('sum', expect.closeTo(0, 0))
  })

  test('are found with a provider that comes later, and with the next one', async () => {
    metrics.disable()
    runWorkflow('w', () => 1)
    reader = new Reader()
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
    runWorkflow('w', () => 1)
    expect(points((await collect()).get('runspan.run.duration'))).toEqual([
      { 'runspan.workflow': 'w', 'runspan.outcome': 'success', value: 1 },
    ])
  })

  test('do not count a run as ended that was not counted as begun', async () => {
    metrics.disable()
    runWorkflow('w', () => {
      reader = new Reader()
      metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
    })
    runWorkflow('w', () => 1)
    expect(points((await collect()).get('runspan.run.active'))).toEqual([{ 'runspan.workflow': 'w', value: 0 }])
  })

  test('of the conventions for CI/CD are there when asked for', async () => {
    await runWorkflow('build', { semconv: ['cicd'] }, () =>
      runStep('compile', () => Promise.reject(new Error('x'))),
    ).catch(() => {})
    const found = await collect()
    const pipeline = { 'cicd.pipeline.name': 'build', 'cicd.pipeline.run.state': 'executing' }
    expect(points(found.get('cicd.pipeline.run.active'))).toEqual([{ ...pipeline, value: 0 }])
    expect(points(found.get('cicd.pipeline.run.duration'))).toEqual([
      { ...pipeline, 'cicd.pipeline.result': 'failure', 'error.type': 'Error', value: 1 },
    ])
    expect(points(found.get('cicd.pipeline.run.errors'))).toEqual([
      { 'cicd.pipeline.name': 'build', 'error.type': 'Error', value: 1 },
    ])
  })
})

describe('names', () => {
  test('are themselves while there is room, and then other', () => {
    const names = createNames(2, 10)
    expect(['a', 'b', 'c', 'a', 'b'].map(names)).toEqual(['a', 'b', OTHER, 'a', 'b'])
  })

  test('give up their place when they were used long ago', () => {
    const names = createNames(2, 10)
    names('a')
    for (let n = 0; n < 20; n += 1) names('b')
    expect(names('c')).toBe('c')
    expect(names('a')).toBe(OTHER)
    expect(names('b')).toBe('b')
  })

  test('that are made up do not grow without end', () => {
    const names = createNames(100, 1_000)
    const seen = new Set<string>()
    for (let n = 0; n < 20_000; n += 1) seen.add(names(`name ${n}`))
    expect(seen.size).toBeLessThan(100 + (20_000 / 1_000) * 100 + 2)
    expect(seen.has(OTHER)).toBe(true)
  })
})
