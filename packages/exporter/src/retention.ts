import { lstatSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DOCUMENT_SCHEMA, quote } from '@runspan/results/core'
import { ExporterError } from './exporter-error.js'
import { list } from './journal/layout.js'
import { messageOf } from './message-of.js'
import { createReporter } from './report.js'

/** How long documents are kept. */
export interface RetentionOptions {
  /** A document, or a file of steps outside any run, older than this many days is deleted. @default none is */
  keepDays?: number | undefined
  /** How many documents of each workflow are kept, the latest. @default all */
  keepRuns?: number | undefined
}

const DAY_MS = 24 * 60 * 60_000
/** Looking through a folder costs time: so it is done again when this part of what was seen has come anew. */
const SHARE = 10
/** After so many more documents it is tried again when it did not work. */
const REST = 100

/**
 * Makes a function that hears of each finished document and now and then deletes what need no longer be kept. What
 * cannot be deleted is said, and changes nothing for the document, which stands.
 *
 * @throws ExporterError `invalid_option` for a number that cannot be used.
 */
export function createRetention(root: string, options: RetentionOptions): (path: string) => void {
  const { keepDays, keepRuns } = options
  for (const [name, value] of Object.entries({ keepDays, keepRuns })) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue
    throw new ExporterError('invalid_option', `${name} is ${quote(value)}; give a number above 0.`)
  }
  if (keepDays === undefined && keepRuns === undefined) return () => undefined
  const report = createReporter()
  const untilNext = new Map<string, number>()
  return (path) => {
    const folder = dirname(path)
    const left = untilNext.get(folder) ?? 0
    if (left > 0) return void untilNext.set(folder, left - 1)
    untilNext.set(folder, REST)
    try {
      const seen = cleanFolder(folder, options, path)
      untilNext.set(folder, Math.floor(seen / SHARE))
      cleanLoose(root, options)
    } catch (error) {
      report(`old documents in '${folder}' cannot be deleted: ${messageOf(error)}`)
    }
  }
}

/**
 * Deletes what need no longer be kept in a workflow's folder; only documents of ours, never the file `spare`. Returns how
 * many files it has looked at.
 */
function cleanFolder(folder: string, { keepDays, keepRuns }: RetentionOptions, spare: string): number {
  const files: { path: string; time: number }[] = []
  for (const name of list(folder)) {
    if (!name.endsWith('.json')) continue
    const path = join(folder, name)
    const facts = lstatSync(path, { throwIfNoEntry: false })
    if (facts?.isFile()) files.push({ path, time: facts.mtimeMs })
  }
  files.sort((a, b) => b.time - a.time)
  const oldest = keepDays === undefined ? Number.NEGATIVE_INFINITY : Date.now() - keepDays * DAY_MS
  const kept = keepRuns ?? Number.POSITIVE_INFINITY
  files.forEach(({ path, time }, index) => {
    if (path !== spare && (index >= kept || time < oldest) && isDocument(path)) rmSync(path, { force: true })
  })
  return files.length
}

/** Deletes the lines of steps outside any run that are too old. */
function cleanLoose(root: string, { keepDays }: RetentionOptions): void {
  if (keepDays === undefined) return
  for (const name of list(root)) {
    if (!/^steps-\d{4}-\d\d-\d\d-\d+\.jsonl$/.test(name)) continue
    const path = join(root, name)
    const facts = lstatSync(path, { throwIfNoEntry: false })
    if (facts?.isFile() && facts.mtimeMs < Date.now() - keepDays * DAY_MS) rmSync(path, { force: true })
  }
}

function isDocument(path: string): boolean {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as { schema?: unknown; statuses?: unknown } | null
    return value?.schema === DOCUMENT_SCHEMA || Array.isArray(value?.statuses)
  } catch {
    // What cannot be read as a document belongs to somebody else and stays.
    return false
  }
}
