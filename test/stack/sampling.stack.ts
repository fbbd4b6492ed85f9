import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servedRuns, writtenDocuments } from './documents.js'
import { findSpans } from './jaeger.js'
import { eventually, runProgram } from './program.js'
import { query, value } from './scrape.js'
import { startWholeStack } from './set-up.js'
import { type Jaeger, type Prometheus, type RunspanServer, root, type Site } from './stack.js'

/** Every fourth run of the stream fails. */
const RUNS = 200
const FAILED = RUNS / 4

let site: Site
let runspan: RunspanServer
let jaeger: Jaeger
let prometheus: Prometheus

beforeAll(async () => {
  const stack = await startWholeStack()
  ;({ site, runspan, jaeger, prometheus } = stack)
  const { telemetry } = stack
  await runProgram(process.execPath, [join(root, 'test/stack/workloads/stream.mjs'), `${RUNS}`, '0'], {
    env: {
      RUNSPAN_RESULTS_DIR: join(site.folder, 'results'),
      RUNSPAN_ENDPOINT: telemetry.otlp,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${telemetry.otlp}/v1/metrics`,
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    },
  })
})
afterAll(() => site.close())

describe('with one trace in a hundred sampled', () => {
  it('the program wrote the document of every run, each with all its steps', async () => {
    const documents = await writtenDocuments(join(site.folder, 'results'), 'stream')
    expect(documents).toHaveLength(RUNS)
    for (const document of documents) expect(document.steps).toHaveLength(5)
    expect(documents.filter(({ run }) => run.outcome === 'failed')).toHaveLength(FAILED)
  })

  it('the success rate in Prometheus counts every run', async () => {
    const count = (outcome: string) =>
      value(prometheus.api, `sum(runspan_run_duration_seconds_count{runspan_workflow="stream"${outcome}})`)
    expect(await eventually('the runs', () => count(''))).toBe(RUNS)
    expect(await count(',runspan_outcome="failed"')).toBe(FAILED)
    // The gauge knows the last hundred.
    const [ratio] = await query(prometheus.api, 'runspan_run_success_ratio{runspan_workflow="stream"}')
    expect(ratio?.value).toBe(0.75)
  })

  it('the Runspan collector has every run, and its steps', async () => {
    const runs = await eventually('all runs', async () => {
      const found = await servedRuns(runspan.url, 'stream')
      return found.filter(({ steps }) => steps?.finished === 5).length === RUNS && found
    })
    expect(runs.filter(({ outcome }) => outcome === 'failed')).toHaveLength(FAILED)
  })

  it('Jaeger has the failed runs, and few others', async () => {
    const runs = await eventually('the failed runs', async () => {
      const spans = await findSpans(jaeger.api, 'stream', { 'runspan.kind': 'run' })
      const found = spans.filter(({ tags }) => tags['runspan.kind'] === 'run')
      return found.filter(({ tags }) => tags['runspan.outcome'] === 'failed').length === FAILED && found
    })
    expect(runs.length).toBeLessThan(RUNS / 2)
  })
})
