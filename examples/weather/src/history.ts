import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DetailedDocument, isDetailed, isFailure, parseDocument, rateOfSettled } from '@runspan/results'

/** The documents of a workflow's runs, oldest first. A file that is no detailed document is passed over. */
export async function readHistory(folder: string): Promise<DetailedDocument[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  const documents = await Promise.all(names.map((name) => readDocument(join(folder, name))))
  return documents
    .filter((document) => document !== undefined)
    .sort((a, b) => (a.run.started_at ?? '').localeCompare(b.run.started_at ?? ''))
}

/** Reads a document; undefined when the file is not there or is something else. */
export async function readDocument(path: string): Promise<DetailedDocument | undefined> {
  try {
    const document = parseDocument(await readFile(path, 'utf8'))
    return isDetailed(document) ? document : undefined
  } catch {
    // A missing or half-written file is not a run; the caller says so where it matters.
    return undefined
  }
}

/** How many of the runs went well, as a sentence that names its formula. */
export function successRateText(runs: readonly DetailedDocument[]): string {
  const failed = runs.filter(({ run }) => isFailure(run.outcome)).length
  const succeeded = runs.filter(({ run }) => run.outcome === 'success').length
  const rate = rateOfSettled(succeeded, failed).toFixed(1)
  return `${rate} % of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}: ${succeeded} / (${succeeded} succeeded + ${failed} failed)`
}
