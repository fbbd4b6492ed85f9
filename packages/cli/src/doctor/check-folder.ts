import { mkdtempSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isExporterError, recover } from '@runspan/exporter'
import { type Check, fail, ok, shellWord, warn } from './check.js'

const RESULTS = 'results folder'
const JOURNALS = 'journals'

/** The folder of documents: whether it can be written, and whether runs of dead processes wait in it. */
export function checkFolder(named: string | null): Check[] {
  if (named === null) return [ok(RESULTS, 'none: RUNSPAN_RESULTS_DIR says that no documents are written')]
  const folder = resolve(named)
  const isFolder = isDirectory(folder)
  const can = checkWritable(folder, isFolder)
  return isFolder === true ? [can, checkJournals(folder)] : [can]
}

function checkWritable(folder: string, isFolder: boolean | undefined): Check {
  if (isFolder === false)
    return fail(RESULTS, `${folder} is a file; documents need a folder`, 'export RUNSPAN_RESULTS_DIR=results')
  const place = isFolder ? folder : nearestFolder(folder)
  try {
    // What may be written is known only by writing: rights, quotas and read-only mounts each have a say.
    rmdirSync(mkdtempSync(join(place, '.runspan-doctor-')))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    const fix = isFolder
      ? `sudo chown -R "$(id -u)" ${shellWord(folder)}`
      : `sudo install -d -o "$(id -u)" ${shellWord(folder)}`
    return fail(RESULTS, `${folder} cannot be ${isFolder ? 'written' : 'created'} (${code})`, fix)
  }
  return ok(RESULTS, isFolder ? `${folder} can be written` : `${folder} is not there yet; it can be created`)
}

function nearestFolder(folder: string): string {
  for (let place = dirname(folder); ; place = dirname(place)) {
    if (isDirectory(place) !== undefined || place === dirname(place)) return place
  }
}

/** Undefined for what is not there. */
function isDirectory(path: string): boolean | undefined {
  try {
    return statSync(path).isDirectory()
  } catch {
    // What may not be looked at is as good as not there: to write into it then fails, and says why.
    return undefined
  }
}

function checkJournals(folder: string): Check {
  try {
    const { journals, runs } = recover(folder, { dryRun: true })
    if (journals === 0) return ok(JOURNALS, 'none waits to be recovered')
    const text = `of dead processes wait: ${journals}, with ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} to recover`
    return warn(JOURNALS, text, `runspan recover ${shellWord(folder)}`)
  } catch (error) {
    if (!isExporterError(error)) throw error
    return fail(JOURNALS, error.message, `sudo runspan recover ${shellWord(folder)}`)
  }
}
