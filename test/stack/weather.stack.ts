import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DetailedDocument } from '@runspan/results'
import { ATTR } from '@runspan/results/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parentsOf, servedDocument, withoutProvenance, writtenDocuments } from './documents.js'
import { type JaegerSpan, readTrace } from './jaeger.js'
import { eventually, runProgram } from './program.js'
import { query, value } from './scrape.js'
import { startWholeStack } from './set-up.js'
import { type Jaeger, type Prometheus, type RunspanServer, root, type Site, type Telemetry } from './stack.js'

let site: Site
let runspan: RunspanServer
let jaeger: Jaeger
let telemetry: Telemetry
let prometheus: Prometheus

beforeAll(async () => {
  ;({ site, runspan, jaeger, telemetry, prometheus } = await startWholeStack())
})
afterAll(() => site.close())

/** The variables of the sentence that the README has for a program, with this test's address. */
async function readmeVariables(): Promise<Record<string, string>> {
  const readme = await readFile(join(root, 'examples/stack/README.md'), 'utf8')
  const command = /`((?:[A-Z_]+=\S+ )+)node app\.js`/.exec(readme)?.[1] ?? ''
  const written = command.trim().replaceAll('http://127.0.0.1:4318', telemetry.otlp)
  return Object.fromEntries(written.split(' ').map((pair) => pair.split('=') as [string, string]))
}

/** The weather example, as its reader starts it, with what the README says sends everything to a Collector. */
async function runWeather(
  name: string,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<DetailedDocument> {
  const results = join(site.folder, name)
  await runProgram(process.execPath, [join(root, 'examples/weather/dist/main.js'), ...args], {
    env: { RUNSPAN_RESULTS_DIR: results, ...(env ?? (await readmeVariables())) },
  })
  return (await writtenDocuments(results, 'weather'))[0]!
}

/** The run's trace in Jaeger, once every span of the document is there. */
function traceOf(document: DetailedDocument): Promise<Map<string, JaegerSpan>> {
  const wanted = [...parentsOf(document).keys()]
  return eventually(`trace ${document.run.trace_id} in Jaeger`, async () => {
    const spans = await readTrace(jaeger.api, document.run.trace_id!)
    const byId = new Map(spans?.map((span) => [span.id, span]))
    return wanted.every((id) => byId.has(id)) && byId
  })
}

describe('a weather run that goes well', () => {
  let document: DetailedDocument
  let trace: Map<string, JaegerSpan>
  beforeAll(async () => {
    document = await runWeather('well', [])
    trace = await traceOf(document)
  })

  it('has a span in Jaeger for the run and for each step and attempt, each below its parent', () => {
    const parents = parentsOf(document)
    expect(parents.size).toBeGreaterThan(10)
    expect(trace.size).toBe(parents.size + 1)
    for (const [id, parent] of parents) expect(trace.get(id)?.parent, trace.get(id)?.name).toBe(parent)
    expect(trace.get(document.run.key.slice(-16))).toMatchObject({
      name: 'weather',
      parent: undefined,
      service: 'weather',
    })
  })

  it('has its attributes there, and no error status but on the two tries that failed', () => {
    const spans = [...trace.values()]
    const run = trace.get(document.run.key.slice(-16))!
    expect(run.tags).toMatchObject({
      [ATTR.kind]: 'run',
      [ATTR.runId]: document.run.id,
      [ATTR.version]: '1.0.0',
      [ATTR.outcome]: 'success',
    })
    const failed = spans.filter(({ tags }) => tags['otel.status_code'] === 'ERROR')
    expect(failed.map(({ name, tags }) => [name, tags[ATTR.kind], tags[ATTR.outcome]])).toEqual([
      ['fetch', 'attempt', 'retry'],
      ['fetch', 'attempt', 'retry'],
    ])
    expect(spans.find(({ name }) => name === 'snow alert')?.tags[ATTR.outcome]).toBe('skipped')
    expect(spans.filter(({ name }) => name === 'year').map(({ tags }) => tags[ATTR.title])).toHaveLength(4)
  })

  it('has the same document at the Runspan collector as in its own folder', async () => {
    const served = await eventually('the document', async () => {
      const found = await servedDocument(runspan.url, document.run.key)
      return found?.run.outcome === 'success' && found
    })
    expect(withoutProvenance(served)).toEqual(withoutProvenance(document))
  })

  it('is counted and timed in Prometheus, by what the wrapper measured and by its spans', async () => {
    const run = '{runspan_workflow="weather",runspan_outcome="success"}'
    expect(await eventually('the run', () => value(prometheus.api, `runspan_run_duration_seconds_count${run}`))).toBe(1)
    expect(await value(prometheus.api, `runspan_run_duration_seconds_sum${run}`)).toBeCloseTo(
      document.run.duration_ms! / 1000,
      1,
    )
    expect(await value(prometheus.api, 'runspan_step_retries_total{runspan_step="fetch"}')).toBe(2)
    expect(await value(prometheus.api, 'runspan_run_active{runspan_workflow="weather"}')).toBe(0)
    const years = '{span_name="year",runspan_kind="step",runspan_outcome="success"}'
    await eventually('the spans', () => value(prometheus.api, `traces_span_metrics_calls_total${years} == 4`))
  })

  it('has a process of its own in Prometheus, so that the next run does not overwrite it', async () => {
    const [run] = await query(prometheus.api, 'runspan_run_duration_seconds_count{runspan_workflow="weather"}')
    expect(run?.metric).toMatchObject({ job: 'weather', instance: expect.stringMatching(/.+/) })
  })
})

describe('a weather run that fails', () => {
  let document: DetailedDocument
  let trace: Map<string, JaegerSpan>
  beforeAll(async () => {
    document = await runWeather('broken', ['--broken'])
    trace = await traceOf(document)
  })

  it('has the error, its message and its stack on the span of the step that failed', () => {
    const failed = document.steps.find(({ outcome }) => outcome === 'failed')!
    const span = trace.get(failed.span_id)!
    expect(span.name).toBe('validate')
    expect(span.tags).toMatchObject({
      'otel.status_code': 'ERROR',
      error: true,
      [ATTR.outcome]: 'failed',
      [ATTR.errorCode]: 422,
      [ATTR.errorType]: 'Error',
      [ATTR.exceptionMessage]: failed.error?.message,
    })
    expect(span.tags[ATTR.exceptionStacktrace]).toMatch(/^Error: 731 of 1461 rows[\s\S]*\n {4}at .*weather\./)
    expect(trace.get(document.run.key.slice(-16))?.tags['otel.status_code']).toBe('ERROR')
  })

  it('is one failed run in Prometheus, with the kind of error and without its text', async () => {
    const failed = '{runspan_workflow="weather",runspan_outcome="failed"}'
    const [run] = await eventually('the failed run', async () => {
      const found = await query(prometheus.api, `runspan_run_duration_seconds_count${failed}`)
      return found.length > 0 && found
    })
    expect(run).toMatchObject({ value: 1, metric: { error_type: 'Error' } })
    expect(JSON.stringify(run?.metric)).not.toContain('1461')
  })
})

describe('a weather run with nothing but the variable that every OpenTelemetry program knows', () => {
  it('is in Jaeger, in Prometheus and at the Runspan collector', async () => {
    const document = await runWeather('standard', [], { OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.otlp })
    expect((await traceOf(document)).size).toBe(parentsOf(document).size + 1)
    await eventually('the document', async () => {
      const found = await servedDocument(runspan.url, document.run.key)
      return found?.run.outcome === 'success'
    })
    // The first run of this file is one, this is another: each process has its own series.
    const runs = 'runspan_run_duration_seconds_count{runspan_workflow="weather",runspan_outcome="success"}'
    await eventually('two runs', () => value(prometheus.api, `sum(${runs}) == 2`))
  })
})
