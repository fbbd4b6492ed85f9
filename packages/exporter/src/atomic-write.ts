import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ownerName } from './journal/owner.js'

let count = 0

/**
 * Writes a file so that nobody ever sees a part of it: a temporary file, synced, then put in its place.
 *
 * @param temporary a folder of the same file system, for the time of writing.
 * @param mode `new` never replaces a file: it returns false when there is one. `replace` does.
 */
export function writeAtomically(path: string, text: string, mode: 'new' | 'replace', temporary: string): boolean {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  mkdirSync(temporary, { recursive: true, mode: 0o700 })
  count += 1
  const draft = join(temporary, `${ownerName()}.${count}.tmp`)
  try {
    writeSynced(draft, text)
    if (mode === 'replace') renameSync(draft, path)
    else if (!linkNew(draft, path)) return false
    syncFolder(folder)
    return true
  } finally {
    rmSync(draft, { force: true })
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Without it a power cut may take the name of a file whose bytes are safe. */
function syncFolder(folder: string): void {
  let file: number | undefined
  try {
    file = openSync(folder, 'r')
    fsyncSync(file)
  } catch {
    // Not every system lets a folder be synced; the file itself is safe.
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function linkNew(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    return claimNew(draft, path)
  }
}

/** For file systems without hard links: the name is claimed by an empty file first. */
function claimNew(draft: string, path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  renameSync(draft, path)
  return true
}
