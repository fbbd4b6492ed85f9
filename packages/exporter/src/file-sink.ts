import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type DetailedDocument, documentText, parseRunKey, type TextOptions, UNKNOWN_NAME } from '@runspan/results/core'
import { writeAtomically } from './atomic-write.js'
import { ExporterError } from './exporter-error.js'
import { toFileName } from './file-name.js'
import { temporaryFolder } from './journal/layout.js'
import { applyLooseRetention, applyRetention, type RetentionOptions } from './retention.js'
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

/**
 * Keeps each run's document as `<folder>/<workflow>/<run id>.json`, written whole or not at all. A file belongs to one
 * run: another run of the same id gets `~` and the first eight digits of its span id. Steps outside any run are lines
 * of `<folder>/steps-<date>-<pid>.jsonl`.
 *
 * @param folder resolved once, against the working directory; made when it is first needed.
 */
export function fileSink(folder: string, options: FileSinkOptions = {}): FileSink {
  const root = resolve(folder)
  const detail = options.detail ?? true
  checkRetention(options)
  const paths = new Map<string, string>()
  const sinceRetention = new Map<string, number>()
  const retain = (path: string) => {
    const place = dirname(path)
    const count = sinceRetention.get(place) ?? RETENTION_EVERY
    sinceRetention.set(place, count >= RETENTION_EVERY ? 1 : count + 1)
    if (count < RETENTION_EVERY) return
    applyRetention(place, options, path)
    applyLooseRetention(root, options)
  }
  return {
    name: `files in ${root}`,
    folder: root,
    pathOf: (runKey) => paths.get(runKey),
    candidates: (runKey, document) => candidates(root, runKey, document),
    write(delivery) {
      try {
        if (delivery.loose) {
          if (delivery.final) appendLine(root, delivery)
          return
        }
        const path = writeRun(root, delivery, paths.get(delivery.key), { ...options, detail })
        remember(paths, delivery.key, path)
        if (delivery.final) retain(path)
      } catch (error) {
        throw cannotWrite(root, error)
      }
    },
  }
}

/** Looking through a folder costs time; so it is done for every so many documents. */
const RETENTION_EVERY = 20

function checkRetention({ keepDays, keepRuns }: RetentionOptions): void {
  for (const [name, value] of Object.entries({ keepDays, keepRuns })) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue
    throw new ExporterError('invalid_option', `${name} is ${String(value)}; give a number above 0.`)
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

function writeRun(root: string, delivery: Delivery, known: string | undefined, options: TextOptions): string {
  const text = documentText(delivery.document, options)
  const temporary = temporaryFolder(root)
  if (known !== undefined) {
    // A document that does not know its root says less than the one that stands there.
    if (delivery.document.run.id === null && known !== unknownPath(root, delivery.key)) return known
    writeAtomically(known, text, 'replace', temporary)
    return known
  }
  for (const path of candidates(root, delivery.key, delivery.document)) {
    if (writeAtomically(path, text, 'new', temporary)) return path
    if (ownerOf(path) !== delivery.key) continue
    writeAtomically(path, text, 'replace', temporary)
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

function appendLine(root: string, { document }: Delivery): void {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const date = new Date().toISOString().slice(0, 10)
  appendFileSync(join(root, `steps-${date}-${process.pid}.jsonl`), `${JSON.stringify(document)}\n`, { mode: 0o600 })
}

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'make the folder writable for this user, or name another one',
  EPERM: 'make the folder writable for this user, or name another one',
  EROFS: 'the file system is read-only; name another folder',
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the quota is used up; free some space',
  ENOTDIR: 'a part of the path is a file; name another folder',
  EEXIST: 'a part of the path is a file; name another folder',
}

function cannotWrite(root: string, error: unknown): ExporterError {
  const { code = '', message } = error as NodeJS.ErrnoException
  const advice = ADVICE[code] ?? 'see the cause'
  return new ExporterError(
    'cannot_write',
    `Cannot write result documents into '${root}': ${message}; ${advice} (RUNSPAN_RESULTS_DIR).`,
    {
      cause: error,
    },
  )
}
