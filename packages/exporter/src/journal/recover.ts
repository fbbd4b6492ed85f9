import { readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  createFold,
  type DetailedDocument,
  kindOf,
  parseRunKey,
  type SpanRecord,
  toOrdinalId,
  toRunKey,
} from '@runspan/results/core'
import { ExporterError, isExporterError } from '../exporter-error.js'
import { type ResultFiles, resultFiles } from '../file-sink.js'
import { PROCESS_DIED, toInterrupted } from '../interrupt.js'
import { createRunRecords } from '../run-records.js'
import type { Delivery } from '../sink.js'
import { type Entry, readJournal, recordsIn } from './journal.js'
import { claimJournal, findJournals, hiddenFolder, joinedFolder, list, temporaryFolder } from './layout.js'
import { isGone } from './owner.js'
import { parseOwnDocument, toRecords } from './unfold.js'

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
  let damaged = 0
  const read = (path: string): Entry[] => {
    const claimed = dryRun ? path : claimJournal(path)
    if (claimed === undefined) return []
    done.push(claimed)
    const content = readJournal(claimed)
    damaged += content.damaged
    return content.entries
  }
  if (!dryRun) sweepLeftovers(root)
  const own = findJournals(hiddenFolder(root))
  const places = new Map<string, string>()
  const found = readOwned(
    own.filter(({ gone }) => gone),
    read,
    places,
  )
  readJoined(root, own, found, read)
  const runs: RecoveredRun[] = []
  const faults: unknown[] = []
  for (const [key, records] of found) {
    try {
      const { delivery, orphan } = toDelivery(files, key, records)
      const { run } = delivery.document
      const place = places.get(key)
      if (place !== undefined && files.candidates(key, delivery.document).includes(place)) files.adopt(key, place)
      if (!dryRun) deliver(delivery, orphan)
      const path = dryRun ? null : (files.pathOf(key) ?? null)
      runs.push({ key, name: run.name, path, running: runningIn(delivery.document) })
    } catch (error) {
      faults.push(error)
    }
  }
  // Every other run has its document by now; the journals stay for the one that has none.
  if (faults.length > 0) throw faults[0]
  if (!dryRun) for (const path of done) rmSync(path, { force: true })
  if (!dryRun) for (const key of list(joinedFolder(root))) removeIfEmpty(joinedFolder(root, key))
  return { runs, journals: done.length, damaged }
}

/** The runs whose documents do not yet say all that the journals do. */
function readOwned(
  gone: readonly { path: string }[],
  read: (path: string) => Entry[],
  places: Map<string, string>,
): Map<string, SpanRecord[]> {
  const fold = createFold()
  const records = new Map<string, SpanRecord[]>()
  const unsaid = new Set<string>()
  const last: SpanRecord[] = []
  for (const { path } of gone) {
    for (const entry of read(path)) {
      if (entry.kind === 'written') {
        unsaid.delete(entry.key)
        continue
      }
      if (entry.kind === 'placed') {
        places.set(entry.key, entry.path)
        continue
      }
      for (const record of recordsIn([entry])) {
        const keys = fold.add(record)
        if (keys.length === 0) last.push(record)
        for (const key of keys) {
          unsaid.add(key)
          const list = records.get(key)
          if (list === undefined) records.set(key, [record])
          else list.push(record)
        }
      }
    }
  }
  // Steps that name no run stand where the fold puts them: alone, when nothing around them is known.
  for (const record of last) {
    const key = toRunKey(record)
    records.set(key, [...(records.get(key) ?? []), record])
    unsaid.add(key)
  }
  return new Map([...records].filter(([key]) => unsaid.has(key)))
}

/** Adds what was done for runs whose owner is gone. */
function readJoined(
  root: string,
  own: readonly { path: string; gone: boolean }[],
  found: Map<string, SpanRecord[]>,
  read: (path: string) => Entry[],
): void {
  const keys = list(joinedFolder(root))
  if (keys.length === 0) return
  const alive = ownedKeys(own)
  for (const key of keys) {
    if (alive.has(key) || parseRunKey(key) === undefined) continue
    const journals = findJournals(joinedFolder(root, key))
    if (!found.has(key) && journals.some(({ gone }) => !gone)) continue
    const records: SpanRecord[] = []
    for (const { path, gone } of journals) records.push(...recordsIn(gone ? read(path) : readJournal(path).entries))
    if (records.length > 0) found.set(key, [...(found.get(key) ?? []), ...records])
  }
}

/** The runs that living processes own, as their journals say. */
export function ownedKeys(journals: readonly { path: string; gone: boolean }[]): Set<string> {
  const alive = new Set<string>()
  for (const { path, gone } of journals) if (!gone) for (const key of rootsIn(path)) alive.add(key)
  return alive
}

function rootsIn(path: string): string[] {
  try {
    return [...recordsIn(readJournal(path).entries)].map(toRunKey)
  } catch (error) {
    // Its writer has just finished it: then it owns nothing any more.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function toDelivery(
  files: ResultFiles,
  key: string,
  records: readonly SpanRecord[],
): { delivery: Delivery; orphan: boolean } {
  const kept = createRunRecords(key)
  for (const record of records) kept.add(record)
  const rootSpan = records.find((record) => toRunKey(record) === key)
  const before = findDocument(files, key, rootSpan === undefined ? undefined : kept.document())
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

/** The document of a run: where its root says that it stands, or else wherever in the folder. */
function findDocument(
  files: ResultFiles,
  key: string,
  told: DetailedDocument | undefined,
): DetailedDocument | undefined {
  const paths = told === undefined ? everyDocument(files.folder) : files.candidates(key, told)
  for (const path of paths) {
    const text = readText(path)
    const document = text?.includes(key) ? parseOwnDocument(text, key) : undefined
    if (document !== undefined) return document
  }
  return undefined
}

function* everyDocument(root: string): Iterable<string> {
  for (const folder of list(root)) {
    if (folder.startsWith('.') || !statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory()) continue
    for (const name of list(join(root, folder))) if (name.endsWith('.json')) yield join(root, folder, name)
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // What cannot be read cannot be added to; the document is made without it.
    return undefined
  }
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
