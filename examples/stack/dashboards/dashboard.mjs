import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PROMETHEUS } from './panel.mjs'
import { RUNS } from './query.mjs'

const labelValues = (name, label, query) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(PROMETHEUS)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)

const choice = (variable, multi) => (multi ? variable.multi(true).includeAll(true).allValue('.*') : variable)

/** An empty dashboard with its variables; `one` lets the reader choose a single service and workflow. */
export function dashboard({ uid, title, description, one }) {
  const services = labelValues('service', 'Service', `label_values(${RUNS}, job)`)
  const workflows = labelValues('workflow', 'Workflow', `label_values(${RUNS}{job=~"$service"}, runspan_workflow)`)
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['runspan'])
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .link(new DashboardLinkBuilder('Workflows').type(DashboardLinkType.Dashboards).tags(['runspan']).keepTime(true))
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(new DatasourceVariableBuilder('traces').label('Jaeger').type('jaeger'))
    .withVariable(choice(services, !one))
    .withVariable(choice(workflows, !one))
}
