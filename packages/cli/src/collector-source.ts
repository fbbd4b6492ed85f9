import type { RunSummary } from '@runspan/collector'
import { parseDocument } from '@runspan/results'
import { CliError } from './cli-error.js'
import type { RunSource } from './source.js'
import { deadline, reasonOf } from './unreachable.js'

/** How long a collector may take to answer, in milliseconds. */
const TIMEOUT_MS = 10_000

/** Runs in a collector, by its API. */
export function createCollectorSource(url: string, token: string | undefined): RunSource {
  const base = toBase(url)
  const ask = async (path: string): Promise<Response> => {
    let answer: Response
    try {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      answer = await fetch(base + path, { headers, signal: deadline(TIMEOUT_MS) })
    } catch (cause) {
      const hint = 'Start one with "runspan serve", or name another with --from.'
      throw new CliError('unreachable', `No collector answers at ${base} (${reasonOf(cause, TIMEOUT_MS)}). ${hint}`, {
        cause,
      })
    }
    if (answer.ok || answer.status === 300) return answer
    const told = await answer.text()
    throw new CliError('unreachable', `The collector at ${base} answered ${answer.status}: ${messageOf(told)}`)
  }
  const list = async (query: string, size = 50): Promise<RunSummary[]> => {
    const runs = toRuns(await (await ask(`/api/runs?limit=${size}${query}`)).text())
    if (runs === undefined) throw new CliError('unreachable', `What answers at ${base} is no Runspan collector.`)
    return runs
  }
  return {
    name: `the collector at ${base}`,
    async list(limit) {
      return (await list('', limit > 50 ? 200 : 50)).slice(0, limit)
    },
    async find(id) {
      const query = encodeURIComponent(id)
      const exact = await list(`&run=${query}`)
      const found = exact.length > 0 ? exact : await list(`&q=${query}`)
      const [only] = found
      if (found.length !== 1 || only === undefined) return found
      const text = await (await ask(`/api/runs/${only.key}/document?detail=1`)).text()
      return { document: parseDocument(text), text }
    },
  }
}

function toBase(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new CliError(
      'usage',
      `${JSON.stringify(url)} is no address of a collector; give one such as http://127.0.0.1:4318.`,
    )
  }
  // An endpoint for telemetry may name the path of a signal.
  return url.replace(/\/+(v1\/traces\/?)?$/, '')
}

function toRuns(text: string): RunSummary[] | undefined {
  try {
    const { runs } = JSON.parse(text) as { runs?: unknown }
    return Array.isArray(runs) ? (runs as RunSummary[]) : undefined
  } catch {
    // Another program answers there; the caller says so.
    return undefined
  }
}

function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } }
    return error?.message ?? text.slice(0, 200)
  } catch {
    // Whatever answered is no collector; its own words are the best hint to what it is.
    return text.slice(0, 200)
  }
}
