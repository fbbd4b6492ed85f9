import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunSummary, toRunSummary } from '@runspan/collector'
import { type DetailedDocument, isDetailed, parseDocument } from '@runspan/results'
import { CliError } from './cli-error.js'
import type { FoundRun, RunSource } from './source.js'

/** How many files, the youngest first, are looked at. */
const MAX_FILES = 5_000

interface Kept {
  readonly document: DetailedDocument
  readonly text: string
}

/** Runs in a folder of documents, as the file sink writes them: one folder for each workflow, one file for each run. */
export function createFolderSource(folder: string): RunSource {
  return {
    name: `the folder ${JSON.stringify(folder)}`,
    async list(limit) {
      const kept = await readAll(folder)
      return kept
        .map(({ document }) => summaryOf(document))
        .sort(byStart)
        .slice(0, limit)
    },
    async find(id) {
      const kept = await readAll(folder)
      const exact = kept.filter(({ document: { run } }) => run.id === id || run.key === id)
      const found = exact.length > 0 ? exact : kept.filter(({ document: { run } }) => startsWith(run, id))
      const [only] = found
      if (found.length === 1 && only !== undefined) return only
      return found.map(({ document }) => summaryOf(document)).sort(byStart)
    },
  }
}

/** Reads one file as a document. @throws CliError `unreachable` when it is not there, ResultsError when it is none. */
export async function readDocument(file: string): Promise<FoundRun> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new CliError('unreachable', `${JSON.stringify(file)} cannot be read (${codeOf(cause)}).`, { cause })
  }
  return { document: parseDocument(text), text }
}

async function readAll(folder: string): Promise<Kept[]> {
  const kept: Kept[] = []
  for (const file of await youngestFiles(folder)) {
    const text = await readFile(file, 'utf8')
    try {
      const document = parseDocument(text)
      if (isDetailed(document)) kept.push({ document, text })
    } catch {
      // A folder may hold other JSON beside documents; to look for runs in it is no reason to complain.
    }
  }
  return kept
}

async function youngestFiles(folder: string): Promise<string[]> {
  let names: string[]
  try {
    names = await readdir(folder, { recursive: true })
  } catch (cause) {
    const hint =
      'Runs are written there by the programs that make them; name another folder, a file, or a collector with --from.'
    throw new CliError(
      'unreachable',
      `The folder ${JSON.stringify(folder)} cannot be read (${codeOf(cause)}). ${hint}`,
      { cause },
    )
  }
  const files = names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => join(folder, name))
  const aged = await Promise.all(files.map(async (file) => ({ file, time: (await stat(file)).mtimeMs })))
  return aged
    .sort((a, b) => b.time - a.time)
    .slice(0, MAX_FILES)
    .map(({ file }) => file)
}

function summaryOf(document: DetailedDocument): RunSummary {
  return toRunSummary(document)
}

function startsWith(run: DetailedDocument['run'], id: string): boolean {
  return run.id?.startsWith(id) === true || run.key.startsWith(id)
}

function byStart(a: RunSummary, b: RunSummary): number {
  if (a.started_at === b.started_at) return a.key < b.key ? 1 : -1
  return a.started_at < b.started_at ? 1 : -1
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'error'
}
