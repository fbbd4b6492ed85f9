import { join } from 'node:path'
import { ATTR } from '@runspan/results/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findSpans } from './jaeger.js'
import { fillIn, legendLabels, type Panel, readPanels } from './panels.js'
import { eventually, isUp, type Program } from './program.js'
import { exemplars, query, type Sample, value } from './scrape.js'
import { startWholeStack } from './set-up.js'
import { type Jaeger, type Prometheus, root, type Site } from './stack.js'

let site: Site
let jaeger: Jaeger
let prometheus: Prometheus
let shop: Program

/** As wide as a dashboard's bars are at least, and wider than this test is long. */
const VARIABLES = {
  __rate_interval: '5m',
  __interval: '5m',
  __range: '5m',
  service: 'shop',
  workflow: 'orders',
  failure: 'failed',
}
/** What the workload did: 24 orders, of which 7 failed, and 3 reports. */
const ORDERS = { all: 24, failed: 7, timedOut: 2, retries: 5 - 1 + 3 * 2 }

const RUN_SPANS = 'runspan_kind="run",runspan_name="orders"'

beforeAll(async () => {
  const stack = await startWholeStack()
  ;({ site, jaeger, prometheus } = stack)
  const { telemetry } = stack
  const env = {
    RUNSPAN_RESULTS_DIR: join(site.folder, 'results'),
    RUNSPAN_ENDPOINT: telemetry.otlp,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${telemetry.otlp}/v1/metrics`,
  }
  shop = site.start(process.execPath, [join(root, 'test/stack/workloads/shop.mjs')], { env })
  await eventually('the shop', () => shop.output().includes('ready'))
  await eventually('its spans in Prometheus', () =>
    value(prometheus.api, `sum(traces_span_metrics_calls_total{${RUN_SPANS}}) == ${ORDERS.all}`),
  )
  await eventually('its traces in Jaeger', async () => (await findSpans(jaeger.api, 'shop')).length > 0)
})
afterAll(() => site.close())

const PLAUSIBLE: Readonly<Record<string, (value: number) => boolean>> = {
  percentunit: (value) => value >= 0 && value <= 1,
  s: (value) => value > 0 && value < 3_600,
  short: (value) => Number.isInteger(value) && value >= 0,
}

const prometheusPanels = readPanels().flatMap((panel) =>
  panel.targets
    .filter(({ expr }) => expr !== undefined)
    .map((target) => [`${panel.dashboard}: ${panel.title}: ${target.legendFormat}`, panel, target] as const),
)

const ask = (expr: string, variables: Partial<typeof VARIABLES> = {}): Promise<Sample[]> =>
  query(prometheus.api, fillIn(expr, { ...VARIABLES, ...variables }))

const expressionOf = (dashboard: string, title: string) =>
  readPanels().find((panel: Panel) => panel.dashboard === dashboard && panel.title === title)!.targets[0]!.expr!

describe('a panel of a dashboard', () => {
  it.each(prometheusPanels)('has data, a unit that fits and a legend: %s', async (_name, panel, target) => {
    const samples = await ask(target.expr!)
    expect(samples).not.toEqual([])
    const isPlausible = PLAUSIBLE[panel.unit]
    expect(isPlausible, `unit ${panel.unit}`).toBeDefined()
    for (const sample of samples) expect(isPlausible!(sample.value), JSON.stringify(sample)).toBe(true)
    expect(target.legendFormat).not.toBe('')
    for (const label of legendLabels(target.legendFormat!)) {
      for (const { metric } of samples) expect(metric[label], JSON.stringify(metric)).toMatch(/.+/)
    }
  })
})

describe('the numbers of the dashboards are exact', () => {
  it.each([
    ['Runs', ORDERS.all],
    ['Failed', ORDERS.failed],
    ['Success rate', 1 - ORDERS.failed / ORDERS.all],
  ])('%s', async (title, expected) => {
    const [sample, ...more] = await ask(expressionOf('Workflows', title))
    expect(more).toEqual([])
    expect(sample?.value).toBeCloseTo(expected, 10)
  })

  it('Runs by outcome, failures by error and retries', async () => {
    const byLabel = async (title: string, label: string) =>
      Object.fromEntries(
        (await ask(expressionOf('Workflows', title))).map(({ metric, value }) => [metric[label], value]),
      )
    expect(await byLabel('Runs by outcome', 'runspan_outcome')).toEqual({ success: 17, failed: 5, timed_out: 2 })
    expect(await byLabel('Failures by error', 'error_type')).toEqual({ RangeError: 3, TimeoutError: 2, TypeError: 2 })
    expect(await byLabel('Retries', 'runspan_step')).toEqual({ charge: ORDERS.retries })
  })

  it('a run that is open is active, and every workflow is there when all are asked for', async () => {
    const all = { service: '.*', workflow: '.*' }
    expect((await ask(expressionOf('Workflows', 'Active'), all)).map((sample) => sample.value)).toEqual([1])
    const rates = await ask(expressionOf('Workflows', 'Success rate by workflow'), all)
    expect(rates.map(({ metric }) => metric.runspan_workflow).sort()).toEqual(['orders', 'report'])
    expect(rates.find(({ metric }) => metric.runspan_workflow === 'report')?.value).toBe(1)
  })
})

describe('a failed run is one step away from its trace', () => {
  it('by the exemplars of its spans, whose trace ids Jaeger knows', async () => {
    const target = readPanels()
      .flatMap(({ targets }) => targets)
      .find(({ exemplar }) => exemplar)!
    const labels = await eventually('exemplars', async () => {
      const found = await exemplars(prometheus.api, fillIn(target.expr!, VARIABLES))
      return found.length > 0 && found
    })
    for (const { trace_id } of labels) {
      await eventually(`trace ${trace_id}`, () => isUp(`${jaeger.api}/api/traces/${trace_id}`))
    }
  })

  it('by the list of last failures, which asks Jaeger for failed runs of the workflow', async () => {
    const [target] = readPanels()
      .flatMap(({ targets }) => targets)
      .filter(({ queryType }) => queryType === 'search')
    const tags = JSON.parse(fillIn(target!.tags!, VARIABLES)) as Record<string, string>
    const runs = await eventually('the failed runs', async () => {
      const spans = await findSpans(jaeger.api, fillIn(target!.service!, VARIABLES), tags)
      const found = spans.filter((span) => span.tags[ATTR.kind] === 'run')
      return found.length >= ORDERS.failed - ORDERS.timedOut && found
    })
    expect(runs.map((span) => [span.name, span.tags['otel.status_code']])).toEqual(
      Array.from({ length: ORDERS.failed - ORDERS.timedOut }, () => ['orders', 'ERROR']),
    )
  })
})
