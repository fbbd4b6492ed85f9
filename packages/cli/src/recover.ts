import { statSync } from 'node:fs'
import { isExporterError, type RecoveredRun, type Recovery, recover as recoverFolder } from '@runspan/exporter'
import { maskControls } from '@runspan/results/terminal'
import { CliError, EXIT } from './cli-error.js'
import { resolvePlaces } from './config.js'
import { note, type Output } from './output.js'

export interface RecoverFlags {
  dryRun?: boolean
}

/** Makes documents of the runs that dead processes left; gives the exit code. */
export function recover(named: string | undefined, { dryRun = false }: RecoverFlags, output: Output): number {
  const folder = named ?? resolvePlaces({}).resultsDir
  const found = recoverRuns(folder, dryRun)
  if (output.form === 'json') output.line(toJson(found, dryRun))
  else for (const run of found.runs) output.line(output.form === 'pipe' ? toPipeLine(run) : toLine(run, dryRun))
  if (found.damaged > 0) note(`${counted(found.damaged, 'place')} in the journals could not be read; the rest was used`)
  if (found.runs.length > 0) return EXIT.well
  const empty = found.journals === 0 ? 'nothing waits to be recovered' : 'every run in the journals has its document'
  note(`${empty} in ${JSON.stringify(folder)}`)
  return EXIT.well
}

function recoverRuns(folder: string, dryRun: boolean): Recovery {
  // A folder that is not there holds nothing to recover, but a mistyped name must not pass for that.
  const fault = faultOf(folder)
  if (fault !== undefined) {
    const hint = 'Name the folder of documents of the programs that ended: runspan recover <folder>.'
    throw new CliError('unreachable', `The folder ${JSON.stringify(folder)} cannot be read (${fault}). ${hint}`)
  }
  try {
    return recoverFolder(folder, { dryRun })
  } catch (error) {
    if (!isExporterError(error)) throw error
    throw new CliError('unreachable', error.message, { cause: error })
  }
}

function faultOf(folder: string): string | undefined {
  try {
    return statSync(folder).isDirectory() ? undefined : 'ENOTDIR'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

function toJson({ runs, journals, damaged }: Recovery, dryRun: boolean): string {
  return JSON.stringify({ runs, journals, damaged, dry_run: dryRun })
}

/** For other programs: workflow, key, the document, and what was running, separated by tabs. */
function toPipeLine({ name, key, path, running }: RecoveredRun): string {
  return [name, key, path ?? '', running.join(', ')].map(maskControls).join('\t')
}

function toLine({ name, key, path, running }: RecoveredRun, dryRun: boolean): string {
  const place = path ?? (dryRun ? 'would be written' : 'written beside the documents, as a step outside any run')
  const was = running.length === 0 ? 'no step was running' : `running: ${running.join(', ')}`
  return maskControls(`${name}  ${key}  ${was}  ${place}`)
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
