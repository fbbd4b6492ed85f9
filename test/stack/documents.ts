import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DetailedDocument, StepNode } from '@runspan/results'
import { readJson } from './program.js'

/** The documents of a workflow that a program wrote into its results folder, by run id. */
export async function writtenDocuments(results: string, workflow: string): Promise<DetailedDocument[]> {
  const names = (await readdir(join(results, workflow))).filter((name) => name.endsWith('.json')).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(results, workflow, name), 'utf8')))
  return texts.map((text) => JSON.parse(text) as DetailedDocument)
}

/** The document of a run as `runspan serve` has it; undefined while it knows nothing of the run. */
export function servedDocument(url: string, runKey: string, headers: Record<string, string> = {}) {
  return readJson<DetailedDocument>(`${url}/api/runs/${runKey}/document?detail=1`, headers)
}

/** What two roads of one run have in common: everything but how it was captured. */
export function withoutProvenance(document: DetailedDocument): Omit<DetailedDocument, 'provenance'> {
  const { provenance: _, ...rest } = document
  return rest
}

export interface ServedRun {
  readonly key: string
  readonly run_id: string
  readonly workflow: string
  readonly outcome: string
  readonly steps: { readonly known: number; readonly finished: number } | null
}

/** Every run of a workflow that `runspan serve` knows. */
export async function servedRuns(url: string, workflow: string): Promise<ServedRun[]> {
  const runs: ServedRun[] = []
  let before: string | null = null
  do {
    const address = new URL('/api/runs', url)
    address.searchParams.set('workflow', workflow)
    address.searchParams.set('limit', '200')
    if (before !== null) address.searchParams.set('before', before)
    const page: { runs: ServedRun[]; next: string | null } | undefined = await readJson(address)
    runs.push(...(page?.runs ?? []))
    before = page?.next ?? null
  } while (before !== null)
  return runs
}

/** Every step of a document with the span id of what it stands in; the run's own steps stand in the run. */
export function parentsOf(document: DetailedDocument): Map<string, string> {
  const parents = new Map<string, string>()
  const visit = (steps: readonly StepNode[], parent: string) => {
    for (const step of steps) {
      parents.set(step.span_id, parent)
      for (const attempt of step.attempts) parents.set(attempt.span_id, step.span_id)
      visit(step.steps, step.span_id)
    }
  }
  visit(document.steps, document.run.key.slice(-16))
  return parents
}
