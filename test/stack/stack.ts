import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { eventually, freePorts, isUp, type Program, readJson, startProgram } from './program.js'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The folder with the programs, as `.ci/stack` printed it. */
export function binary(name: string): string {
  const folder = process.env.RUNSPAN_STACK
  if (!folder) {
    throw new Error(
      'RUNSPAN_STACK is not set. Build the programs, then name their folder: RUNSPAN_STACK=$(bash .ci/stack | tail -1)',
    )
  }
  return join(folder, name)
}

/** Stops what was started, the last first, and removes the folders; `close()` it in `afterAll`. */
export interface Site {
  readonly folder: string
  /** Starts a program that this site stops. */
  start(...args: Parameters<typeof startProgram>): Program
  /** Prints what every program said: for a test that failed. */
  output(): string
  close(): Promise<void>
}

export async function openSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'runspan-stack-'))
  const programs: Program[] = []
  return {
    folder,
    start(...args) {
      const program = startProgram(...args)
      programs.push(program)
      return program
    },
    output: () => programs.map((program) => program.output()).join('\n'),
    async close() {
      for (const program of programs.reverse()) await program.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export interface Telemetry extends Program {
  /** Where programs send OTLP over HTTP. */
  readonly otlp: string
  readonly grpcPort: number
  /** Where Prometheus finds what programs sent, and what the Collector says of itself. */
  readonly promPort: number
  readonly telemetryPort: number
  /** Starts it again after it ended, with the same ports and queue. */
  again(): Promise<Telemetry>
}

/** Starts a Collector with the very configuration that users get; only addresses and waiting times differ. */
export async function startTelemetry(
  site: Site,
  to: { readonly runspan: string; readonly jaeger?: string; readonly env?: Readonly<Record<string, string>> },
  name = 'queue',
): Promise<Telemetry> {
  const ports = await freePorts(5)
  const [http, grpcPort, health, promPort, telemetryPort] = ports as [number, number, number, number, number]
  const start = async (): Promise<Telemetry> => {
    const program = site.start(binary('otelcol-runspan'), ['--config', join(root, 'otel-collector.yaml')], {
      env: {
        OTELCOL_HTTP_PORT: `${http}`,
        OTELCOL_GRPC_PORT: `${grpcPort}`,
        OTELCOL_HEALTH_PORT: `${health}`,
        OTELCOL_PROM_PORT: `${promPort}`,
        OTELCOL_TELEMETRY_PORT: `${telemetryPort}`,
        OTELCOL_QUEUE_DIR: join(site.folder, name),
        OTELCOL_DECISION_WAIT: '1s',
        OTELCOL_SPANMETRICS_FLUSH: '1s',
        RUNSPAN_ENDPOINT: to.runspan,
        JAEGER_OTLP_ENDPOINT: to.jaeger ?? 'http://127.0.0.1:9',
        ...to.env,
      },
    })
    await eventually('the Collector', () => isUp(`http://127.0.0.1:${health}/`)).catch((error) => {
      throw new Error(`${error.message}\n${program.output()}`)
    })
    return { ...program, otlp: `http://127.0.0.1:${http}`, grpcPort, promPort, telemetryPort, again: start }
  }
  return start()
}

export interface Jaeger extends Program {
  readonly otlp: string
  /** Its HTTP API. */
  readonly api: string
}

export async function startJaeger(site: Site): Promise<Jaeger> {
  const ports = await freePorts(5)
  const [query, queryGrpc, otlpGrpc, otlp, health] = ports
  const program = site.start(binary('jaeger'), ['--config', join(root, 'examples/stack/jaeger.yaml')], {
    // It has nothing to lose, and would wait for every connection that is kept open.
    stopWith: 'SIGKILL',
    env: {
      JAEGER_QUERY_PORT: `${query}`,
      JAEGER_QUERY_GRPC_PORT: `${queryGrpc}`,
      JAEGER_OTLP_GRPC_PORT: `${otlpGrpc}`,
      JAEGER_OTLP_HTTP_PORT: `${otlp}`,
      JAEGER_HEALTH_PORT: `${health}`,
    },
  })
  await eventually('Jaeger', () => isUp(`http://127.0.0.1:${health}/status`)).catch((error) => {
    throw new Error(`${error.message}\n${program.output()}`)
  })
  return { ...program, otlp: `http://127.0.0.1:${otlp}`, api: `http://127.0.0.1:${query}` }
}

export interface RunspanServer extends Program {
  readonly url: string
  /** Starts it again after it ended, on the same port and store. */
  again(): Promise<RunspanServer>
}

/** Starts `runspan serve` as a user does: the built command, on a store that outlives it. */
export async function startRunspanServer(site: Site, token?: string): Promise<RunspanServer> {
  const [port] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const command = join(root, 'packages/cli/bin/runspan.js')
  const args = [command, 'serve', '--port', `${port}`, '--store', join(site.folder, 'runs.db')]
  const start = async (): Promise<RunspanServer> => {
    const program = site.start(process.execPath, args, {
      env: token === undefined ? {} : { RUNSPAN_TOKEN: token, RUNSPAN_ALLOW_HOST: 'runspan' },
    })
    await eventually('runspan serve', () => isUp(`${url}/readyz`)).catch((error) => {
      throw new Error(`${error.message}\n${program.output()}`)
    })
    return { ...program, url, again: start }
  }
  return start()
}

export interface Prometheus extends Program {
  readonly api: string
}

/** Starts Prometheus with the configuration of the example stack; only the targets and the pace differ. */
export async function startPrometheus(site: Site, config: Record<string, unknown>): Promise<Prometheus> {
  const [port] = await freePorts(1)
  const file = join(site.folder, 'prometheus.yml')
  await writeFile(file, stringify(config))
  const program = site.start(binary('prometheus'), [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(site.folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
  ])
  const api = `http://127.0.0.1:${port}`
  await eventually('Prometheus', () => isUp(`${api}/-/ready`)).catch((error) => {
    throw new Error(`${error.message}\n${program.output()}`)
  })
  // It looks for its targets only every five seconds; what nobody fetched before that has no zero to begin from.
  await eventually('the first scrape', async () => {
    const found = await readJson<{ data: { activeTargets: { health: string }[] } }>(`${api}/api/v1/targets`)
    const targets = found?.data.activeTargets ?? []
    return targets.length > 0 && targets.every(({ health }) => health === 'up')
  })
  return { ...program, api }
}
