import { DEFAULT_HOST, DEFAULT_PORT } from '@runspan/collector'
import { CliError } from './cli-error.js'

/** The folder of result documents, when nobody names one. */
const DEFAULT_RESULTS = 'results'

type Env = Readonly<Record<string, string | undefined>>

/** The environment as terminal programs look at it: `NO_COLOR`, `TERM` and the like. */
export function terminalEnv(): Env {
  return process.env
}

/** Where runs are looked for, and the token for it; an empty variable counts as none. */
export interface PlacesConfig {
  readonly resultsDir: string
  /** A Runspan collector, as the programs that send to it know it. */
  readonly endpoint: string | undefined
  readonly token: string | undefined
}

/** What `doctor` looks at. */
export interface DoctorConfig {
  /** Null when no documents are to be written. */
  readonly resultsDir: string | null
  /** The variables of OpenTelemetry and ours, as they are. */
  readonly variables: Env
}

/** What `serve` is to do. */
export interface ServeConfig {
  readonly host: string
  readonly port: number
  readonly store: string
  readonly token: string | undefined
  readonly allowHosts: readonly string[]
}

/** Flags of `serve`, as they were given. */
export interface ServeFlags {
  host?: string
  port?: string
  store?: string
  token?: string
  allowHost?: string[]
}

export function resolvePlaces(flags: { token?: string }, env: Env = process.env): PlacesConfig {
  const resultsDir = env.RUNSPAN_RESULTS_DIR || DEFAULT_RESULTS
  return {
    resultsDir: resultsDir === 'none' ? DEFAULT_RESULTS : resultsDir,
    endpoint: env.RUNSPAN_ENDPOINT || undefined,
    token: flags.token ?? (env.RUNSPAN_TOKEN || undefined),
  }
}

export function resolveDoctor(env: Env = process.env): DoctorConfig {
  const isOurs = ([name]: [string, unknown]) => /^(OTEL|RUNSPAN)_/.test(name)
  return {
    resultsDir: env.RUNSPAN_RESULTS_DIR?.trim() === 'none' ? null : resolvePlaces({}, env).resultsDir,
    variables: Object.fromEntries(Object.entries(env).filter(isOurs)),
  }
}

/** Puts flags over the environment, and both over the defaults. @throws CliError when the port is no number. */
export function resolveServe(flags: ServeFlags, env: Env = process.env): ServeConfig {
  const read = (name: string) => env[name] || undefined
  const { resultsDir, token } = resolvePlaces(flags, env)
  return {
    host: flags.host ?? read('RUNSPAN_HOST') ?? DEFAULT_HOST,
    port: parsePort(flags.port ?? read('RUNSPAN_PORT')),
    store: flags.store ?? read('RUNSPAN_STORE') ?? `${resultsDir}/.runspan/collector.db`,
    token,
    allowHosts: (flags.allowHost ?? [read('RUNSPAN_ALLOW_HOST') ?? ''])
      .flatMap((list) => list.split(','))
      .map((host) => host.trim())
      .filter((host) => host !== ''),
  }
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new CliError('usage', `The port is ${JSON.stringify(text)}; give a number from 0 to 65535.`)
  }
  return Number(text)
}
