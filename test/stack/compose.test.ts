import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFailure, OUTCOME_WORDS } from '@runspan/results/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'examples/stack')
const read = (path: string) => readFileSync(join(folder, path), 'utf8')

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

const SERVICE_KEYS = new Set([
  'image',
  'build',
  'command',
  'environment',
  'volumes',
  'ports',
  'healthcheck',
  'depends_on',
  'restart',
])
const compose = parse(read('compose.yaml')) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const services = Object.entries(compose.services)

/** The tests against real programs are another command: this says so where somebody might wonder. */
beforeAll(() => {
  process.stderr.write(
    'left out: the tests against a real Collector, Jaeger and Prometheus (test/stack/*.stack.ts), which have to be built first: bash .ci/run stack\n',
  )
})

describe('the compose file', () => {
  it('has the five programs, and only keys that a service may have', () => {
    expect(Object.keys(compose).sort()).toEqual(['name', 'services', 'volumes'])
    expect(services.map(([name]) => name)).toEqual(['collector', 'runspan', 'jaeger', 'prometheus', 'grafana'])
    for (const [, service] of services) for (const key of Object.keys(service)) expect(SERVICE_KEYS).toContain(key)
  })

  it.each(services)('%s is pinned by version, built or pulled', (_name, { image, build }) => {
    expect(image).toMatch(build === undefined ? /^[\w./-]+:v?\d+\.\d+\.\d+$/ : /^[\w.-]+:[\w.]+$/)
    if (build === undefined) return
    const dockerfile = join(folder, build.context, build.dockerfile)
    for (const [, from] of readFileSync(dockerfile, 'utf8').matchAll(/^FROM (\S+)/gm)) {
      expect(from).toMatch(/:\d+\.\d+\.\d+(-[a-z-]+)?$/)
    }
  })

  it.each(services)('%s says whether it is healthy', (_name, { healthcheck }) => {
    expect(healthcheck?.test[0]).toBe('CMD')
    expect(healthcheck?.test.join(' ')).toMatch(/http:\/\/127\.0\.0\.1:\d+\//)
  })

  it('names only files that exist, and uses every volume that it declares', () => {
    const sources = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]!))
    for (const source of sources.filter((name) => name.startsWith('.'))) {
      expect(existsSync(join(folder, source)), source).toBe(true)
    }
    const named = sources.filter((name) => !name.startsWith('.'))
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort())
    for (const [, { build }] of services) {
      if (build !== undefined) expect(existsSync(join(folder, build.context, build.dockerfile))).toBe(true)
    }
  })

  it('publishes every port once, on loopback alone', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    const published = ports.map((port) => /^127\.0\.0\.1:(\d+):\d+$/.exec(port)?.[1])
    expect(published).not.toContain(undefined)
    expect(new Set(published).size).toBe(ports.length)
  })

  it('waits only for programs that it has, until they are healthy', () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(compose.services)).toContain(name)
        expect(condition).toBe('service_healthy')
      }
    }
  })

  it('gives the Collector and Runspan the same token, which has no default', () => {
    const token = compose.services.runspan?.environment?.RUNSPAN_TOKEN
    expect(token).toMatch(/^\$\{RUNSPAN_TOKEN:\?/)
    expect(compose.services.collector?.environment?.RUNSPAN_TOKEN).toBe(token)
  })
})

describe('the configurations fit together', () => {
  const collector = readFileSync(join(root, 'otel-collector.yaml'), 'utf8')
  const variables = (text: string) =>
    new Map([...text.matchAll(/\$\{env:(\w+):-([^}]*)\}/g)].map(([, k, v]) => [k!, v!]))

  it('every variable of the Collector has a default and stands in the list at the top of its file', () => {
    expect([...collector.matchAll(/\$\{env:\w+\}/g)]).toEqual([])
    const head = collector.slice(0, collector.indexOf('\nextensions:'))
    for (const [name] of variables(collector)) expect(head).toContain(name)
  })

  it('what compose sets, the programs read', () => {
    const known = { collector: variables(collector), jaeger: variables(read('jaeger.yaml')) }
    for (const [name, names] of Object.entries(known)) {
      for (const variable of Object.keys(compose.services[name]?.environment ?? {})) {
        expect([...names.keys()]).toContain(variable)
      }
    }
  })

  it('Prometheus asks the Collector at the ports where it answers', () => {
    const { scrape_configs } = parse(read('prometheus.yaml')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[]
    }
    const targets = scrape_configs.flatMap((job) => job.static_configs.flatMap((config) => config.targets))
    const ports = ['OTELCOL_PROM_PORT', 'OTELCOL_TELEMETRY_PORT'].map((name) => variables(collector).get(name))
    expect(targets).toEqual(ports.map((port) => `collector:${port}`))
  })

  it('Grafana follows an exemplar to the data source of Jaeger', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/stack.yaml')) as {
      datasources: {
        uid: string
        type: string
        jsonData?: { exemplarTraceIdDestinations: { datasourceUid: string }[] }
      }[]
    }
    const prometheus = datasources.find(({ type }) => type === 'prometheus')
    const jaeger = datasources.find(({ type }) => type === 'jaeger')
    expect(prometheus?.jsonData?.exemplarTraceIdDestinations[0]?.datasourceUid).toBe(jaeger?.uid)
  })

  it('the dashboards are what their script builds', () => {
    execFileSync(process.execPath, [join(folder, 'dashboards/build.mjs'), '--check'])
  })
})

describe('the alerts', () => {
  interface Rule {
    readonly alert?: string
    readonly expr: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  const { groups } = parse(read('rules.yaml')) as { groups: { rules: Rule[] }[] }
  const rules = groups.flatMap((group) => group.rules)
  const alerts = rules.filter((rule) => rule.alert !== undefined)

  it.each(alerts.map((rule) => [rule.alert!, rule] as const))(
    '%s has a paragraph in the runbook and a test',
    (name, rule) => {
      expect(rule.annotations?.runbook).toBe(`runbook.md#${name.toLowerCase()}`)
      expect(read('runbook.md')).toMatch(new RegExp(`^## ${name}\\n\\n\\S`, 'm'))
      expect(read('rules_test.yaml').split(`alertname: ${name}`).length).toBeGreaterThan(2)
      expect(rule.labels?.severity).toMatch(/^(page|ticket)$/)
    },
  )

  it('count as failed what isFailure says', () => {
    const failed = OUTCOME_WORDS.filter(isFailure).join('|')
    const lists = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/runspan_outcome=~"([^"]*)"/g)].map((match) => match[1]),
    )
    expect(lists.length).toBeGreaterThan(4)
    expect([...new Set(lists)].sort()).toEqual([failed, `success|${failed}`].sort())
  })
})
