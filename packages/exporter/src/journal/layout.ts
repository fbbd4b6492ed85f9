import { lstatSync, readdirSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isGone, ownerName } from './owner.js'

/** Where a results folder keeps what is not yet a document. */
export function hiddenFolder(root: string): string {
  return join(root, '.runspan')
}

/** Files that are being written. */
export function temporaryFolder(root: string): string {
  return join(hiddenFolder(root), 'tmp')
}

/** The journal of this thread. */
export function ownJournal(root: string): string {
  return join(hiddenFolder(root), `${ownerName()}.journal`)
}

/** Where records wait for the process that owns their run. */
export function joinedFolder(root: string, key?: string): string {
  const folder = join(hiddenFolder(root), 'joined')
  return key === undefined ? folder : join(folder, key)
}

/** The journal of what this thread did for a run of another one. */
export function joinedJournal(root: string, key: string): string {
  return join(joinedFolder(root, key), `${ownerName()}.journal`)
}

/** A journal on the disk. */
export interface FoundJournal {
  readonly path: string
  /** Its writer no longer lives, or has finished it. */
  readonly gone: boolean
  readonly bytes: number
  /** How long ago it was touched. */
  readonly silentMs: number
}

/**
 * The journals in a folder. A name is the writer's, with `.journal`; then `.done` when the writer finished it, and
 * `.claimed.` with the name of the thread that makes documents of it; a number at the end tells several apart.
 */
export function findJournals(folder: string): FoundJournal[] {
  const found: FoundJournal[] = []
  for (const name of list(folder)) {
    const [writer = '', kind, state, claimer] = name.split('.')
    if (kind !== 'journal') continue
    const path = join(folder, name)
    const facts = lstatSync(path, { throwIfNoEntry: false })
    // Whatever else has such a name is none of ours: a pipe would never be read to its end.
    if (!facts?.isFile()) continue
    const silent = Date.now() - facts.mtimeMs
    const gone = state === 'claimed' ? isGone(claimer ?? '', silent) : state === 'done' || isGone(writer, silent)
    found.push({ path, gone: gone && state !== 'next', bytes: facts.size, silentMs: silent })
  }
  return found
}

/** Takes a journal whose writer is gone; undefined when somebody else was faster. */
export function claimJournal(path: string): string | undefined {
  const [writer = ''] = basename(path).split('.')
  const claimed = join(dirname(path), `${writer}.journal.claimed.${ownerName()}.${nextNumber()}`)
  try {
    renameSync(path, claimed)
    return claimed
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Marks a journal as finished by its writer, who may begin another one for the same run. */
export function finishJournal(path: string): string {
  const done = `${path}.done.${nextNumber()}`
  renameSync(path, done)
  return done
}

/** Gives a claimed journal back, to whoever tries next. */
export function returnJournal(claimed: string): void {
  const [writer = ''] = basename(claimed).split('.')
  renameSync(claimed, join(dirname(claimed), `${writer}.journal.done.${nextNumber()}`))
}

let number = 0

function nextNumber(): string {
  number += 1
  return `${Date.now().toString(36)}${number}`
}

/** The names in a folder; none when there is no such folder. */
export function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
