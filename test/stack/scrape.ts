import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readJson } from './program.js'
import { root } from './stack.js'

interface ScrapeConfig {
  global: Record<string, string>
  rule_files?: string[]
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[]
}

/** The example's own configuration of Prometheus, at a test's pace and with its addresses; `rules` is a file or none. */
export async function scrapeConfig(targets: Readonly<Record<string, readonly number[]>>, rules?: string) {
  const config = parse(await readFile(join(root, 'examples/stack/prometheus.yaml'), 'utf8')) as ScrapeConfig
  return {
    ...config,
    global: { scrape_interval: '500ms', evaluation_interval: '500ms' },
    rule_files: rules === undefined ? [] : [rules],
    scrape_configs: config.scrape_configs.map((job) => ({
      ...job,
      static_configs: [{ targets: (targets[job.job_name] ?? []).map((port) => `127.0.0.1:${port}`) }],
    })),
  }
}

/** One series of an answer of Prometheus. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

/** Asks Prometheus now; NaN and infinities stay numbers. */
export async function query(api: string, promql: string): Promise<Sample[]> {
  const url = new URL('/api/v1/query', api)
  url.searchParams.set('query', promql)
  const response = await fetch(url)
  const answer = (await response.json()) as {
    status: string
    error?: string
    data: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] }
  }
  if (answer.status !== 'success') throw new Error(`Prometheus refused ${JSON.stringify(promql)}: ${answer.error}`)
  return answer.data.result.map(({ metric, value }) => ({ metric, value: toNumber(value[1]) }))
}

const toNumber = (text: string) => Number(text.replace('Inf', 'Infinity'))

/** The only value of an answer; undefined when there is none, or several. */
export async function value(api: string, promql: string): Promise<number | undefined> {
  const samples = await query(api, promql)
  return samples.length === 1 ? samples[0]?.value : undefined
}

/** The exemplars that a query's series carry. */
export async function exemplars(api: string, promql: string): Promise<Record<string, string>[]> {
  const url = new URL('/api/v1/query_exemplars', api)
  url.searchParams.set('query', promql)
  url.searchParams.set('start', `${Date.now() / 1000 - 600}`)
  url.searchParams.set('end', `${Date.now() / 1000 + 60}`)
  const answer = await readJson<{ data: { exemplars: { labels: Record<string, string> }[] }[] }>(url)
  return (answer?.data ?? []).flatMap((series) => series.exemplars.map(({ labels }) => labels))
}
