import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BigValueColorMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common'
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as Heatmap } from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'

export const PROMETHEUS = { type: 'prometheus', uid: '$' + '{datasource}' }

/** No bar is narrower: within less than a scrape there is nothing to count. */
const NARROWEST = '1m'

/** A query over the time that the dashboard shows, as one number a series. */
export function now(expr, legend = '') {
  return new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).legendFormat(legend).instant()
}

export function overTime(expr, legend) {
  return new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).legendFormat(legend).range()
}

export function withExemplars(expr, legend) {
  return overTime(expr, legend).exemplar(true)
}

const place = (panel, title, description, width, height) =>
  panel.title(title).description(description).datasource(PROMETHEUS).span(width).height(height)

const thresholds = (steps) => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)

/** Green from `good` on, orange from `fair` on, else red. */
export const higherIsBetter = (fair, good) =>
  thresholds([
    { value: null, color: 'red' },
    { value: fair, color: 'orange' },
    { value: good, color: 'green' },
  ])

export const noneIsBest = thresholds([
  { value: null, color: 'green' },
  { value: 1, color: 'red' },
])

const plain = thresholds([{ value: null, color: 'blue' }])

export function number({ title, description, unit, query, colours = plain, width = 6 }) {
  return place(new Stat(), title, description, width, 5)
    .unit(unit)
    .thresholds(colours)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .withTarget(query)
}

export function bars({ title, description, unit, queries, width = 12, colours = {} }) {
  const panel = lines({ title, description, unit, queries, width })
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  for (const [name, color] of Object.entries(colours)) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }])
  }
  return panel
}

export function lines({ title, description, unit, queries, width = 12 }) {
  const legend = new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
  const panel = place(new TimeSeries(), title, description, width, 8)
    .unit(unit)
    .min(0)
    .interval(NARROWEST)
    .legend(legend)
    .showPoints(VisibilityMode.Auto)
  for (const query of queries) panel.withTarget(query)
  return panel
}

export function ranking({ title, description, unit, query, width = 12, colours = plain }) {
  return place(new BarGauge(), title, description, width, 8)
    .unit(unit)
    .min(0)
    .thresholds(colours)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .withTarget(query)
}

export function heatmap({ title, description, unit, expr, width = 12 }) {
  return place(new Heatmap(), title, description, width, 8)
    .interval(NARROWEST)
    .calculate(false)
    .unit(unit)
    .withTarget(overTime(expr, '{{le}}').format(PromQueryFormat.Heatmap))
}
