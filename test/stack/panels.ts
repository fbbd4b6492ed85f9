import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './stack.js'

/** A query of a panel, as the dashboard has it. */
export interface Target {
  readonly expr?: string
  readonly legendFormat?: string
  readonly exemplar?: boolean
  readonly instant?: boolean
  readonly queryType?: string
  readonly service?: string
  readonly tags?: string
}

export interface Panel {
  readonly dashboard: string
  readonly title: string
  readonly description: string
  readonly type: string
  readonly unit: string
  readonly targets: readonly Target[]
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}

interface Dashboard {
  readonly title: string
  readonly panels: readonly (Omit<Panel, 'dashboard' | 'unit'> & { fieldConfig: { defaults: { unit: string } } })[]
}

const folder = join(root, 'examples/stack/grafana/dashboards')

/** Every panel of the dashboards that are committed. */
export function readPanels(): Panel[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Dashboard)
    .flatMap(({ title, panels }) =>
      panels.map((panel) => ({ ...panel, dashboard: title, unit: panel.fieldConfig.defaults.unit })),
    )
}

/** Puts values where Grafana would put those of its variables. */
export function fillIn(text: string, variables: Readonly<Record<string, string>>): string {
  const filled = Object.entries(variables).reduce((sum, [name, value]) => sum.replaceAll(`$${name}`, value), text)
  if (/\$/.test(filled)) throw new Error(`a variable is left in ${JSON.stringify(filled)}`)
  return filled
}

/** The labels that a legend speaks of. */
export function legendLabels(legend: string): string[] {
  return [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1]!)
}
