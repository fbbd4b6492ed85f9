import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'

let count = 0

/**
 * Writes a file so that nobody ever sees a part of it: a temporary file beside it, synced, then put in its place.
 *
 * @param mode `new` never replaces a file: it returns false when there is one. `replace` does.
 */
export function writeAtomically(path: string, text: string, mode: 'new' | 'replace'): boolean {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  count += 1
  const temporary = join(folder, `.${basename(path).slice(0, 40)}.${process.pid}-${threadId}-${count}.tmp`)
  try {
    const file = openSync(temporary, 'wx', 0o600)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (mode === 'replace') {
      renameSync(temporary, path)
      return true
    }
    return linkNew(temporary, path)
  } finally {
    rmSync(temporary, { force: true })
  }
}

function linkNew(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    return claimNew(temporary, path)
  }
}

/** For file systems without hard links: the name is claimed by an empty file first. */
function claimNew(temporary: string, path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  renameSync(temporary, path)
  return true
}
