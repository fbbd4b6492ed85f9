import { diag } from '@opentelemetry/api'
import { claimFolder, releaseFolder } from './claim.js'
import { resultsFolder } from './config.js'
import { ExporterError } from './exporter-error.js'
import { type FileSinkOptions, fileSink } from './file-sink.js'
import type { Sink } from './sink.js'

/** Where documents go. */
export interface SinkOptions extends FileSinkOptions {
  /**
   * The folder for one file per run; false for none. Resolved once, against the working directory.
   * @default `RUNSPAN_RESULTS_DIR`, else `results`
   */
  folder?: string | false | undefined
  /** Other sinks, beside the files. @default none */
  sinks?: readonly Sink[] | undefined
}

/** The sinks that options name, the files first; a folder that is taken is left to who has it, and that is said. */
export function resolveSinks(options: SinkOptions): Sink[] {
  const { folder = resultsFolder() ?? false, sinks = [] } = options
  if (folder !== false && (typeof folder !== 'string' || folder.trim() === '')) {
    throw new ExporterError(
      'invalid_option',
      `folder is ${JSON.stringify(folder)}; give a path, or false for no files.`,
    )
  }
  for (const sink of sinks) {
    if (typeof sink?.write === 'function') continue
    throw new ExporterError(
      'invalid_option',
      'sinks holds something without a write function; give sinks such as fileSink(folder).',
    )
  }
  if (folder === false) return [...sinks]
  const files = fileSink(folder, options)
  if (claimFolder(files.folder)) return [{ ...files, close: () => releaseFolder(files.folder) }, ...sinks]
  diag.warn(
    `runspan: another exporter or processor of this process already writes documents into '${files.folder}'; this one does not. Use one of them.`,
  )
  return [...sinks]
}
