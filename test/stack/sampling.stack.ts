import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writtenDocuments } from './documents.js'
import { eventually, runProgram } from './program.js'
import { query, scrapeConfig, value } from './scrape.js'
import {
  openSite,
  type Prometheus,
  root,
  type Site,
  startPrometheus,
  startRunspanServer,
  startTelemetry,
} from './stack.js'

/** Every fourth run of the stream fails. */
const RUNS = 200
const FAILED = RUNS / 4

let site: Site
let prometheus: Prometheus

beforeAll(async () => {
  site = await openSite()
  const runspan = await startRunspanServer(site)
  const telemetry = await startTelemetry(site, { runspan: runspan.url })
  const targets = { programs: [telemetry.promPort], 'otel-collector': [telemetry.telemetryPort] }
  prometheus = await startPrometheus(site, await scrapeConfig(targets))
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
})
