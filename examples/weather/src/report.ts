import { join } from 'node:path'
import { type DetailedDocument, diffRuns } from '@runspan/results'
import { formatDuration, summaryLines } from '@runspan/results/terminal'
import type { Config } from './config.js'
import { fitFacts } from './fit.js'
import { readDocument, readHistory, successRateText } from './history.js'
import { pathName } from './path-name.js'
import type { SecondRoad } from './second-road.js'

/** What is said at the end of a run, and whether its document is on disk. */
export interface Report {
  readonly lines: string[]
  readonly problem: string | undefined
}

/** Sums a run up: its steps, where its document is, and how it compares with the runs before it. */
export async function reportRun(run: DetailedDocument, config: Config, road: SecondRoad): Promise<Report> {
  const summary = summaryLines(run, { ...config.style, base: process.cwd(), more: `npx runspan show ${run.run.id}` })
  const { width } = config.style
  if (config.documents === undefined) {
    const facts = fitFacts([['document', 'none: RUNSPAN_RESULTS_DIR=none'], traceFact(run)], width)
    return { lines: [...summary, ...facts], problem: undefined }
  }
  const path = join(config.documents, `${run.run.id}.json`)
  const written = await readDocument(path)
  if (written === undefined) {
    const problem = `No document: '${path}' could not be written. Make the folder writable, or name another in RUNSPAN_RESULTS_DIR.`
    return { lines: [...summary, ...fitFacts([traceFact(run)], width)], problem }
  }
  const history = await readHistory(config.documents)
  const last = history.filter((other) => other.run.key !== run.run.key).at(-1)
  const given: (readonly [string, string])[] = [
    ['document', pathName(path)],
    ['both roads', await road.compare(written)],
    traceFact(run),
    ['success rate', successRateText(history)],
    ...(last === undefined ? [] : [['last run', compareText(last, run)] as const]),
  ]
  return { lines: [...summary, ...fitFacts(given, width)], problem: undefined }
}

/** One line on what is not as it was in the last run. */
export function compareText(last: DetailedDocument, run: DetailedDocument): string {
  const { a, b, steps, unchanged } = diffRuns(last, run)
  const ms = (b.duration_ms ?? 0) - (a.duration_ms ?? 0)
  const duration = `${ms < 0 ? '-' : '+'}${formatDuration(Math.abs(ms))}`
  const outcome = a.outcome === b.outcome ? a.outcome : `${a.outcome}, now ${b.outcome}`
  const changed = steps.map(({ kind, path }) => `${path.join(' > ')}${kind === 'changed' ? '' : ` (${kind})`}`)
  const named = changed.length === 0 ? '' : `: ${changed.slice(0, 3).join(', ')}${changed.length > 3 ? ', …' : ''}`
  return `${outcome}, ${duration}; ${unchanged} steps unchanged, ${changed.length} changed${named}`
}

function traceFact({ run }: DetailedDocument): readonly [string, string] {
  return ['trace', run.trace_id]
}
