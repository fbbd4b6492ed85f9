import { readdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type DetailedDocument, kindOf, type SpanRecord, toOrdinalId, toRunKey } from '@runspan/results/core'
import { ExporterError, isExporterError } from '../exporter-error.js'
import { type ResultFiles, resultFiles } from '../file-sink.js'
import { PROCESS_DIED, toInterrupted } from '../interrupt.js'
import { createRunRecords } from '../run-records.js'
import type { Delivery } from '../sink.js'
import { createLookUp, findDocument } from './find-document.js'
import { type Entry, openJournal, readJournal } from './journal.js'
import {
  claimJournal,
  findJournals,
  hiddenFolder,
  joinedFolder,
  list,
  returnJournal,
  temporaryFolder,
} from './layout.js'
import { isGone } from './owner.js'
import { readJoined, readOwned } from './read-journals.js'
import { toRecords } from './unfold.js'

/** The row that stands for the run itself. */
const RUN_ROW = toOrdinalId(0)

/** Options of {@link recover}. */
export interface RecoverOptions {
  /** Say what would be done, and touch nothing. @default false */
  dryRun?: boolean | undefined
}

/** A document that was made from the journal of a process that is gone. */
export interface RecoveredRun {
  readonly key: string
  readonly name: string
  /** Where it stands; null for a dry run and for a step outside any run. */
  readonly path: string | null
  /** The steps that were running when the process died, by their titles. */
  readonly running: readonly string[]
}

/** What {@link recover} found and did. */
export interface Recovery {
  readonly runs: readonly RecoveredRun[]
  /** Journals of processes that are gone. */
  readonly journals: number
  /** Places in them that could not be read. */
  readonly damaged: number
}

/**
 * Makes documents of what dead processes were doing: what was running is `interrupted`. Journals of living processes
 * are left alone. May be called at any time, by any number of processes; doing it again changes nothing.
 *
 * @param folder the folder of result documents.
 * @throws ExporterError `cannot_write` when a document cannot be written, `cannot_read` when a journal cannot be read;
 *   it then stays.
 */
export function recover(folder: string, options: RecoverOptions = {}): Recovery {
  const files = resultFiles(folder)
  try {
    return recoverInto(files, files.write, options)
  } catch (error) {
    if (isExporterError(error)) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new ExporterError(
      'cannot_read',
      `Cannot read the journals in '${hiddenFolder(resolve(folder))}': ${why}; call it as the user who ran the programs.`,
      { cause: error },
    )
  }
}

/** The same; `deliver` writes each document at once. An orphan is that of a run whose root nobody has seen. */
export function recoverInto(
  files: ResultFiles,
  deliver: (delivery: Delivery, orphan: boolean) => void,
  { dryRun = false }: RecoverOptions = {},
): Recovery {
  const root = files.folder
  const done: string[] = []
  const unread: string[] = []
  const faults: unknown[] = []
  let damaged = 0
  const read = (path: string): Entry[] => {
    const claimed = dryRun ? path : claimJournal(path)
    if (claimed === undefined) return []
    try {
      const content = readJournal(claimed)
      done.push(claimed)
      damaged += content.damaged
      return content.entries
    } catch (error) {
      // A dry run claims nothing: somebody else was faster.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      // Another user's, perhaps; what is in the others must not wait for it.
      unread.push(claimed)
      faults.push(error)
      return []
    }
  }
  if (!dryRun) sweepLeftovers(root)
  const own = findJournals(hiddenFolder(root))
  const places = new Map<string, string>()
  const found = readOwned(
    own.filter(({ gone }) => gone),
    read,
    places,
  )
  try {
    readJoined(root, own, found, read, faults)
  } catch (error) {
    faults.push(error)
  }
  const runs: RecoveredRun[] = []
  const unwritten: unknown[] = []
  const told = new Map<string, number>()
  const lookUp = createLookUp(root)
  for (const [key, records] of found) {
    try {
      const { delivery, orphan } = toDelivery(files, lookUp, key, records)
      const { run } = delivery.document
      const place = places.get(key)
      if (place !== undefined && files.candidates(key, delivery.document).includes(place)) files.adopt(key, place)
      if (!dryRun) deliver(delivery, orphan)
      told.set(key, delivery.document.provenance.revision)
      const path = dryRun ? null : (files.pathOf(key) ?? null)
      runs.push({ key, name: run.name, path, running: runningIn(delivery.document) })
    } catch (error) {
      unwritten.push(error)
    }
  }
  if (!dryRun) {
    for (const path of unread) returnJournal(path)
    for (const path of done) {
      if (unwritten.length === 0 || told.has(basename(dirname(path)))) rmSync(path, { force: true })
      else keepJournal(path, told)
    }
    for (const key of list(joinedFolder(root))) removeIfEmpty(joinedFolder(root, key))
  }
  const [fault] = [...unwritten, ...faults]
  if (fault !== undefined) throw fault
  return { runs, journals: done.length, damaged }
}

/** Keeps a journal for the run that could not be written, and notes in it that all the others were. */
function keepJournal(path: string, told: ReadonlyMap<string, number>): void {
  try {
    const journal = openJournal(path)
    for (const [key, revision] of told) journal.append({ kind: 'written', key, revision })
    journal.close()
  } catch {
    // A disk that is full, perhaps: then they are told once more.
  }
  returnJournal(path)
}

function toDelivery(
  files: ResultFiles,
  lookUp: (key: string) => readonly string[],
  key: string,
  records: readonly SpanRecord[],
): { delivery: Delivery; orphan: boolean } {
  const kept = createRunRecords(key)
  for (const record of records) kept.add(record)
  const rootSpan = records.find((record) => toRunKey(record) === key)
  const paths = rootSpan === undefined ? lookUp(key) : files.candidates(key, kept.document())
  const before = findDocument(paths, key)
  const known = new Map([...kept.records()].map((record) => [record.spanId, record.phase]))
  for (const record of before === undefined ? [] : toRecords(before)) {
    // A document tells less than a record: it only fills in what no record says.
    if (known.get(record.spanId) !== 'ended') kept.add(record)
  }
  const hasRoot = rootSpan !== undefined || before?.run.started_at != null
  for (const record of toInterrupted(key, kept.records(), hasRoot, PROCESS_DIED)) kept.add(record)
  const revision = (before?.provenance.revision ?? 0) + 1
  const document = kept.document({ road: 'process', revision, recovered: true })
  const loose = rootSpan !== undefined && kindOf(rootSpan) !== 'run'
  return { delivery: { key, document, final: true, loose }, orphan: !hasRoot }
}

function runningIn({ statuses }: DetailedDocument): string[] {
  const rows = statuses.filter(({ status, run_id }) => status === 'interrupted' && run_id !== RUN_ROW)
  return rows.map(({ title }) => title)
}

/** What a process that died while it wrote has left. */
function sweepLeftovers(root: string): void {
  for (const folder of [temporaryFolder(root), hiddenFolder(root)]) {
    for (const name of list(folder)) {
      const [writer = '', , state] = name.split('.')
      if (folder === hiddenFolder(root) && state !== 'next') continue
      const path = join(folder, name)
      const facts = statSync(path, { throwIfNoEntry: false })
      if (facts?.isFile() && isGone(writer, Date.now() - facts.mtimeMs)) rmSync(path, { force: true })
    }
  }
}

function removeIfEmpty(folder: string): void {
  try {
    if (readdirSync(folder).length === 0) rmdirSync(folder)
  } catch {
    // Somebody was faster, or has put something into it by now.
  }
}
