import { closeSync, fstatSync, futimesSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { threadId } from 'node:worker_threads'
import type { SpanRecord } from '@runspan/results/core'
import { makeFolder } from '../make-folder.js'
import { fullDisk, readFrames, toFrame, writeFrame } from './frame.js'
import { parseChangeText, parseRecordText } from './parse-record.js'
import { pen } from './pen.js'
import { putChange, putRecord } from './put-record.js'

/** What a journal says, entry by entry. */
export type Entry =
  | { readonly kind: 'record'; readonly record: SpanRecord }
  /** Everything that stands before this and belongs to the run is in its document, of this revision. */
  | { readonly kind: 'written'; readonly key: string; readonly revision: number }
  /** The running document of the run stands in this file, which does not say so itself. */
  | { readonly kind: 'placed'; readonly key: string; readonly path: string }

/** An append-only file of entries, each written whole by one call and with a checksum. */
export interface Journal {
  readonly path: string
  /** How many bytes it has. */
  size(): number
  /** @throws what the file system throws; a part of the entry may then stand in the file. */
  append(entry: Entry): void
  /**
   * Appends a record, in the least time.
   *
   * @param before the last record of the same span in this file: beside a start only what is new is written.
   */
  record(record: SpanRecord, before?: SpanRecord): void
  /** Shows that its writer lives. */
  touch(): void
  /** Puts a new file with these entries in its place. */
  rewrite(entries: Iterable<Entry>): void
  close(): void
  /** Closes and deletes it. */
  remove(): void
}

const CHUNK = 256 * 1024
/** Begins the first entry, which says who writes; then comes the version of the format. */
const HEADER = 'H'
const VERSION = 1

/** Begins a journal, or goes on with it. Readable by its user alone: it holds what documents hold. */
export function openJournal(path: string): Journal {
  makeFolder(dirname(path))
  let file = openSync(path, 'a', 0o600)
  let size = fstatSync(file).size
  const write = () => {
    size += writeFrame(file)
  }
  const begin = () => {
    pen.begin(`${HEADER}${VERSION}${JSON.stringify({ host: hostname(), pid: process.pid, thread: threadId })}`)
    write()
  }
  if (size === 0) begin()
  const close = () => {
    if (file !== -1) closeSync(file)
    file = -1
  }
  return {
    path,
    size: () => size,
    append(entry) {
      putEntry(entry)
      write()
    },
    record(record, before) {
      if (before === undefined || !putChange(record, before)) putRecord(record)
      write()
    },
    touch() {
      const now = Date.now() / 1_000
      futimesSync(file, now, now)
    },
    rewrite(entries) {
      const next = `${path}.next`
      rmSync(next, { force: true })
      const [oldFile, oldSize] = [file, size]
      file = openSync(next, 'ax', 0o600)
      size = 0
      try {
        begin()
        for (const chunk of inChunks(entries)) {
          if (writeSync(file, chunk) < chunk.length) throw fullDisk()
          size += chunk.length
        }
        renameSync(next, path)
        closeSync(oldFile)
      } catch (error) {
        closeSync(file)
        rmSync(next, { force: true })
        file = oldFile
        size = oldSize
        throw error
      }
    },
    close,
    remove() {
      close()
      rmSync(path, { force: true })
    },
  }
}

/** What a journal's file says, as far as it is whole. */
export interface JournalContent {
  readonly entries: Entry[]
  /** Of the format; undefined when the place where it stands is damaged. */
  readonly version: number | undefined
  /** Places that could not be read, and entries that say nothing without what stood there. */
  readonly damaged: number
}

/**
 * Reads a journal, torn or not.
 *
 * @throws what the file system throws, and for a format that this version does not know.
 */
export function readJournal(path: string): JournalContent {
  const content = parseJournal(readFileSync(path))
  const { version = VERSION } = content
  if (version !== VERSION)
    throw new Error(`it has format ${version}, and this version reads format ${VERSION}; use the one that wrote it`)
  return content
}

/** Reads a journal's bytes. Never throws. */
export function parseJournal(bytes: Buffer): JournalContent {
  const { texts, damaged } = readFrames(bytes)
  const entries: Entry[] = []
  const starts = new Map<string, SpanRecord>()
  let lost = 0
  let version: number | undefined
  for (const text of texts) {
    if (text.startsWith(HEADER)) {
      version ??= Number.parseInt(text.slice(HEADER.length), 10)
      continue
    }
    const entry = parseEntry(text, starts)
    if (entry === undefined) lost += 1
    else entries.push(entry)
    if (entry?.kind === 'record' && entry.record.phase === 'started') {
      starts.set(entry.record.traceId + entry.record.spanId, entry.record)
    }
  }
  return { entries, version, damaged: damaged + lost }
}

/** The records among entries. */
export function* recordsIn(entries: Iterable<Entry>): Iterable<SpanRecord> {
  for (const entry of entries) {
    if (entry.kind === 'record') yield entry.record
  }
}

/** Frames, many at a time: a call of the system for each would hold up the program. */
function* inChunks(entries: Iterable<Entry>): Iterable<Buffer> {
  let frames: Buffer[] = []
  let bytes = 0
  for (const entry of entries) {
    putEntry(entry)
    const frame = toFrame()
    frames.push(frame)
    bytes += frame.length
    if (bytes < CHUNK) continue
    yield Buffer.concat(frames)
    frames = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(frames)
}

function putEntry(entry: Entry): void {
  if (entry.kind === 'record') putRecord(entry.record)
  else pen.begin(entry.kind === 'written' ? `W${entry.key};${entry.revision}` : `P${entry.key};${entry.path}`)
}

function parseEntry(text: string, starts: ReadonlyMap<string, SpanRecord>): Entry | undefined {
  const written = /^W([0-9a-f]{32}-[0-9a-f]{16});(\d{1,9})$/.exec(text)
  if (written !== null) return { kind: 'written', key: written[1] as string, revision: Number(written[2]) }
  const placed = /^P([0-9a-f]{32}-[0-9a-f]{16});(.+)$/s.exec(text)
  if (placed !== null) return { kind: 'placed', key: placed[1] as string, path: placed[2] as string }
  const record = parseRecordText(text) ?? parseChangeText(text, (traceId, spanId) => starts.get(traceId + spanId))
  return record && { kind: 'record', record }
}
