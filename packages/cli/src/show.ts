import { existsSync, statSync } from 'node:fs'
import { isDetailed, isFailure, type ResultsDocument } from '@runspan/results'
import { maskControls, treeLines } from '@runspan/results/terminal'
import { CliError, EXIT } from './cli-error.js'
import { createCollectorSource } from './collector-source.js'
import { resolvePlaces } from './config.js'
import { createFolderSource, readDocument } from './folder-source.js'
import { aside, note, type Output } from './output.js'
import { toPipeLine as toRunLine, writeList } from './run-list.js'
import type { FoundRun, RunSource } from './source.js'
import { detailLines, findSteps, listSteps, toPipeLine } from './step-lines.js'

/** How many runs a list has. */
const LATEST = 20

/** How many runs are looked at to list those that failed. */
const LOOKED_AT = 200

export interface ShowFlags {
  from?: string
  document?: boolean
  failed?: boolean
  step?: string
  token?: string
}

/** Shows a run, or lists the latest; gives the exit code. */
export async function show(what: string | undefined, flags: ShowFlags, output: Output): Promise<number> {
  if (what !== undefined && isFile(what)) return showRun(await readDocument(what), flags, output)
  const isFolder = what !== undefined && existsSync(what)
  const source = toSource(isFolder ? { ...flags, from: what } : flags)
  if (what === undefined || isFolder) return showList(source, flags, output)
  const found = await source.find(what)
  if (!Array.isArray(found)) return showRun(found as FoundRun, flags, output)
  if (found.length === 0)
    throw new CliError('usage', `No run ${JSON.stringify(what)} is in ${source.name}; "runspan show" lists the latest.`)
  for (const run of found.slice(0, LATEST)) aside(toRunLine(run))
  throw new CliError(
    'usage',
    `${found.length} runs fit ${JSON.stringify(what)}; give more of the id, or a key: ${found
      .slice(0, 5)
      .map(({ key }) => key)
      .join(' ')}`,
  )
}

function toSource(flags: ShowFlags): RunSource {
  const { endpoint, resultsDir, token } = resolvePlaces(flags)
  const from = flags.from ?? endpoint ?? resultsDir
  if (/^https?:\/\//i.test(from)) return createCollectorSource(from, token)
  if (isFile(from))
    throw new CliError('usage', `${JSON.stringify(from)} is a file; show it with "runspan show ${from}".`)
  return createFolderSource(from)
}

async function showList(source: RunSource, flags: ShowFlags, output: Output): Promise<number> {
  const all = await source.list(flags.failed ? LOOKED_AT : LATEST)
  const runs = flags.failed ? all.filter(({ outcome }) => isFailure(outcome)).slice(0, LATEST) : all
  if (runs.length === 0)
    note(flags.failed ? `no failed run among the latest in ${source.name}` : `no runs in ${source.name} yet`)
  else writeList(runs, output)
  return EXIT.well
}

function showRun({ document, text }: FoundRun, flags: ShowFlags, output: Output): number {
  if (flags.step !== undefined) return showSteps(document, flags.step, output)
  if (flags.document) output.raw(text)
  else if (output.form === 'json') output.line(JSON.stringify(document))
  else if (!isDetailed(document)) for (const line of rowLines(document)) output.line(line)
  else if (output.form === 'pipe') for (const placed of listSteps(document)) output.line(toPipeLine(placed))
  else for (const line of treeLines(document, output)) output.line(line)
  const outcomes = isDetailed(document) ? [document.run.outcome] : document.statuses.map(({ status }) => status)
  return outcomes.some(isFailure) ? EXIT.bad : EXIT.well
}

function showSteps(document: ResultsDocument, wanted: string, output: Output): number {
  const found = findSteps(document, wanted)
  if (found.length === 0) {
    throw new CliError('usage', `No step ${JSON.stringify(wanted)} is in this document; without --step all are shown.`)
  }
  for (const placed of found) {
    if (output.form === 'json') output.line(JSON.stringify(placed.step))
    else for (const line of detailLines(placed, output)) output.line(line)
  }
  return found.some(({ step }) => isFailure(step.outcome)) ? EXIT.bad : EXIT.well
}

/** A line for each row of a document that has no detail. */
function rowLines({ statuses }: ResultsDocument): string[] {
  return statuses.map((row) =>
    [row.status, row.run_id, row.title, row.error_message ?? ''].map(maskControls).join('\t'),
  )
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
