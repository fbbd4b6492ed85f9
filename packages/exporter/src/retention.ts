import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DOCUMENT_SCHEMA } from '@runspan/results/core'
import { list } from './journal/layout.js'

/** How long documents are kept. */
export interface RetentionOptions {
  /** A document, or a file of steps outside any run, older than this many days is deleted. @default none is */
  keepDays?: number | undefined
  /** How many documents of each workflow are kept, the latest. @default all */
  keepRuns?: number | undefined
}

const DAY_MS = 24 * 60 * 60_000

/**
 * Deletes what need no longer be kept in a workflow's folder; only documents of ours, never the file `spare`. Returns how
 * many files it has looked at.
 */
export function applyRetention(folder: string, { keepDays, keepRuns }: RetentionOptions, spare: string): number {
  const files: { path: string; time: number }[] = []
  for (const name of list(folder)) {
    if (!name.endsWith('.json')) continue
    const path = join(folder, name)
    const facts = statSync(path, { throwIfNoEntry: false })
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
export function applyLooseRetention(root: string, { keepDays }: RetentionOptions): void {
  if (keepDays === undefined) return
  for (const name of list(root)) {
    if (!/^steps-\d{4}-\d\d-\d\d-\d+\.jsonl$/.test(name)) continue
    const path = join(root, name)
    const facts = statSync(path, { throwIfNoEntry: false })
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
