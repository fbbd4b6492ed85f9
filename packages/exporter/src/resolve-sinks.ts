import { diag } from '@opentelemetry/api'
import { type DetailedDocument, quote } from '@runspan/results/core'
import { claimFolder } from './claim.js'
import { resultsFolder } from './config.js'
import { ExporterError } from './exporter-error.js'
import { type FileSinkOptions, type ResultFiles, resultFiles } from './file-sink.js'
import type { Delivery, Sink } from './sink.js'

/** A function that takes a document; it may be asynchronous. */
export type SinkFunction = (document: DetailedDocument, delivery: Delivery) => void | Promise<void>

/** Where documents go. */
export interface SinkOptions extends FileSinkOptions {
  /**
   * The folder for one file per run; false for none. Resolved once, against the working directory.
   * @default `RUNSPAN_RESULTS_DIR`, else `results`
   */
  folder?: string | false | undefined
  /** Other sinks, beside the files; a function is one too. @default none */
  sinks?: readonly (Sink | SinkFunction)[] | undefined
}

/** What {@link resolveSinks} finds. */
export interface ResolvedSinks {
  readonly files: ResultFiles | undefined
  readonly others: readonly Sink[]
  release(): void
}

/** The sinks that options name; a folder that is taken is left to who has it, and that is said. */
export function resolveSinks(options: SinkOptions): ResolvedSinks {
  const { folder = resultsFolder() ?? false, sinks = [] } = options
  if (folder !== false && (typeof folder !== 'string' || folder.trim() === '')) {
    throw new ExporterError('invalid_option', `folder is ${quote(folder)}; give a path, or false for no files.`)
  }
  if (!Array.isArray(sinks)) {
    throw new ExporterError('invalid_option', `sinks is ${quote(sinks)}; give a list, such as [memorySink()].`)
  }
  const others = sinks.map(toSink)
  if (folder === false) return { files: undefined, others, release: () => undefined }
  const files = resultFiles(folder, options)
  const release = claimFolder(files.folder)
  if (release !== undefined) return { files, others, release }
  diag.warn(
    `runspan: another exporter or processor of this process already writes documents into '${files.folder}'; this one does not. Use one of them.`,
  )
  return { files: undefined, others, release: () => undefined }
}

function toSink(sink: Sink | SinkFunction): Sink {
  if (typeof sink === 'function') {
    return { name: sink.name || 'a function', write: (delivery) => sink(delivery.document, delivery) }
  }
  if (typeof sink?.write === 'function' && isOutbox(sink.outbox)) return sink
  throw new ExporterError(
    'invalid_option',
    'sinks holds something that is neither a sink nor a function; give sinks such as memorySink().',
  )
}

function isOutbox(part: Sink['outbox']): boolean {
  return (
    part === undefined ||
    (typeof part?.id === 'string' && typeof part.message === 'function' && typeof part.send === 'function')
  )
}
