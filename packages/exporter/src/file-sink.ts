import { readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  type DetailedDocument,
  documentPieces,
  parseRunKey,
  quote,
  type TextOptions,
  UNKNOWN_NAME,
} from '@runspan/results/core'
import { appendLine } from './append-line.js'
import { dropDraft, placeDraft, syncFolder, syncFolderSoon, writeDraft, writeDraftSoon } from './atomic-write.js'
import { cannotWrite } from './cannot-write.js'
import { ExporterError } from './exporter-error.js'
import { toFileName } from './file-name.js'
import { temporaryFolder } from './journal/layout.js'
import { createRetention, type RetentionOptions } from './retention.js'
import type { Delivery, Sink } from './sink.js'

/** Options of {@link fileSink}. */
export interface FileSinkOptions extends TextOptions, RetentionOptions {
  /** Everything that is known, or the plain rows only. @default true */
  detail?: boolean | undefined
}

/** A sink that keeps one file per run. */
export interface FileSink extends Sink {
  /** The folder, as an absolute path. */
  readonly folder: string
  /** Where the document of a run was last written; undefined before that. */
  pathOf(runKey: string): string | undefined
  /** Where a run's document can stand, the likeliest place first. */
  candidates(runKey: string, document: DetailedDocument): readonly string[]
}

/** What the exporter and the processor need of their files beside that. */
export interface ResultFiles extends FileSink {
  /** Does what `write` does without holding up the program; a later document of the run takes its place. */
  writeSoon(delivery: Delivery): Promise<void>
  write(delivery: Delivery): void
  /** A document says everything, so also whose it is. */
  readonly detail: boolean
  /** Says which file belongs to a run, as another process has noted it. */
  adopt(runKey: string, path: string): void
}

/**
 * Keeps each run's document as `<folder>/<workflow>/<run id>.json`, written whole or not at all. A file belongs to one
 * run: another run of the same id gets `~` and the first eight digits of its span id. Steps outside any run are lines
 * of `<folder>/steps-<date>-<pid>.jsonl`.
 *
 * @param folder resolved once, against the working directory; made when it is first needed.
 */
export function fileSink(folder: string, options: FileSinkOptions = {}): FileSink {
  const { name, folder: root, write, pathOf, candidates } = resultFiles(folder, options)
  return { name, folder: root, write, pathOf, candidates }
}

/** The same, with what only the exporter and the processor need. */
export function resultFiles(folder: string, options: FileSinkOptions = {}): ResultFiles {
  if (typeof folder !== 'string' || folder.trim() === '')
    throw new ExporterError('invalid_option', `folder is ${quote(folder)}; give a path.`)
  const root = resolve(folder)
  const detail = options.detail ?? true
  const retain = createRetention(root, options)
  const paths = new Map<string, string>()
  /** The document of each run that is being written now. */
  const latest = new Map<string, Delivery>()
  const piecesOf = ({ document }: Delivery) => documentPieces(document, { ...options, detail })
  const place = (draft: string, delivery: Delivery): string => {
    const path = placeRun(root, draft, delivery, paths.get(delivery.key))
    remember(paths, delivery.key, path)
    if (delivery.final) retain(path)
    return path
  }
  const write = (delivery: Delivery): void => {
    latest.delete(delivery.key)
    let draft: string | undefined
    try {
      if (delivery.loose) {
        if (delivery.final) appendLine(stepsFile(root), JSON.stringify(delivery.document))
        return
      }
      if (isLess(root, delivery, paths.get(delivery.key))) return
      draft = writeDraft(piecesOf(delivery), temporaryFolder(root))
      syncFolder(dirname(place(draft, delivery)))
    } catch (error) {
      throw cannotWrite(root, error)
    } finally {
      if (draft !== undefined) dropDraft(draft)
    }
  }
  const writeSoon = async (delivery: Delivery): Promise<void> => {
    if (delivery.loose) return write(delivery)
    if (isLess(root, delivery, paths.get(delivery.key))) return
    latest.set(delivery.key, delivery)
    let draft: string | undefined
    try {
      draft = await writeDraftSoon(piecesOf(delivery), temporaryFolder(root))
      // Put in its place at once, so that nothing newer can come between the look and the deed.
      if (latest.get(delivery.key) === delivery) await syncFolderSoon(dirname(place(draft, delivery)))
    } catch (error) {
      throw cannotWrite(root, error)
    } finally {
      if (draft !== undefined) dropDraft(draft)
      if (latest.get(delivery.key) === delivery) latest.delete(delivery.key)
    }
  }
  return {
    name: `files in ${root}`,
    folder: root,
    detail,
    pathOf: (runKey) => paths.get(runKey),
    candidates: (runKey, document) => candidates(root, runKey, document),
    adopt(runKey, path) {
      const owner = ownerOf(path)
      if (owner === null || owner === runKey) remember(paths, runKey, path)
    },
    write,
    writeSoon,
  }
}

const MAX_PATHS = 10_000

/** The oldest is forgotten first; a run that is written again after that finds its file by what stands in it. */
function remember(paths: Map<string, string>, key: string, path: string): void {
  paths.delete(key)
  paths.set(key, path)
  const oldest = paths.size > MAX_PATHS ? paths.keys().next().value : undefined
  if (oldest !== undefined) paths.delete(oldest)
}

/** A document that does not know its root says less than the one that stands there. */
function isLess(root: string, { key, document }: Delivery, known: string | undefined): boolean {
  return known !== undefined && document.run.id === null && known !== unknownPath(root, key)
}

function placeRun(root: string, draft: string, delivery: Delivery, known: string | undefined): string {
  const unknown = unknownPath(root, delivery.key)
  if (known !== undefined && (known !== unknown || delivery.document.run.id === null)) {
    placeDraft(draft, known, 'replace')
    return known
  }
  const path = placeFirst(root, draft, delivery)
  // The root of the run came after all.
  if (known === unknown) rmSync(known, { force: true })
  return path
}

function placeFirst(root: string, draft: string, delivery: Delivery): string {
  for (const path of candidates(root, delivery.key, delivery.document)) {
    if (placeDraft(draft, path, 'new')) return path
    if (ownerOf(path) !== delivery.key) continue
    placeDraft(draft, path, 'replace')
    return path
  }
  throw new Error(`every name for run ${delivery.key} is taken by another run`)
}

function unknownPath(root: string, key: string): string {
  return join(root, UNKNOWN_NAME, `${key}.json`)
}

/** The names a run's file can have, the plain one first. */
function candidates(root: string, key: string, { run }: DetailedDocument): string[] {
  if (run.id === null) return [unknownPath(root, key)]
  const spanId = parseRunKey(key)?.spanId ?? ''
  const folder = join(root, toFileName(run.name))
  const name = toFileName(run.id)
  return ['', `~${spanId.slice(0, 8)}`, `~${spanId}`, `~${key}`].map((suffix) => join(folder, `${name}${suffix}.json`))
}

/** The key of the run whose document stands in a file; null for a file that is none of ours, and so never replaced. */
function ownerOf(path: string): unknown {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { run?: { key?: unknown } }).run?.key ?? null
  } catch {
    // What cannot be read as a document belongs to somebody else.
    return null
  }
}

/** Where the lines of steps outside any run go today. */
function stepsFile(root: string): string {
  return join(root, `steps-${new Date().toISOString().slice(0, 10)}-${process.pid}.jsonl`)
}
