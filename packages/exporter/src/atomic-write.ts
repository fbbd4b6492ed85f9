import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ownerName } from './journal/owner.js'
import { makeFolder } from './make-folder.js'

/** `new` never replaces a file, `replace` does. */
export type PlaceMode = 'new' | 'replace'

/** Tells the files of this copy of the package from those of another one in the same process. */
const COPY = randomBytes(4).toString('hex')
let count = 0

/**
 * Writes a file so that nobody ever sees a part of it: a temporary file, synced, then put in its place.
 *
 * @param temporary a folder of the same file system, for the time of writing.
 * @param mode for `new`, returns false when there is a file of that name.
 */
export function writeAtomically(path: string, text: string, mode: PlaceMode, temporary: string): boolean {
  const draft = writeDraft([text], temporary)
  try {
    if (!placeDraft(draft, path, mode)) return false
    syncFolder(dirname(path))
    return true
  } finally {
    dropDraft(draft)
  }
}

/** A temporary file with this text, piece by piece, safe on the disk. Returns its path. */
export function writeDraft(pieces: Iterable<string>, temporary: string): string {
  return makeDraft(pieces, temporary, fsyncSync)
}

/** The same, not yet safe from a power cut: whoever places it syncs it later. */
export function writeUnsyncedDraft(text: string, temporary: string): string {
  return makeDraft([text], temporary, () => undefined)
}

function makeDraft(pieces: Iterable<string>, temporary: string, finish: (file: number) => void): string {
  const draft = nextDraft(temporary)
  let file: number | undefined
  try {
    file = inFolder(temporary, () => openSync(draft, 'w', 0o600))
    for (const piece of pieces) writeFileSync(file, piece)
    finish(file)
    return draft
  } catch (error) {
    dropDraft(draft)
    throw error
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The same without holding up the program: a piece is asked for when the one before it is written. */
export async function writeDraftSoon(pieces: Iterable<string>, temporary: string): Promise<string> {
  const draft = nextDraft(temporary)
  makeFolder(temporary)
  try {
    const file = await open(draft, 'w', 0o600)
    try {
      for (const piece of pieces) await file.writeFile(piece)
      await file.sync()
    } finally {
      await file.close()
    }
    return draft
  } catch (error) {
    dropDraft(draft)
    throw error
  }
}

/** Puts a draft in its place, at once. False when the mode is `new` and there is a file already. */
export function placeDraft(draft: string, path: string, mode: PlaceMode): boolean {
  return inFolder(dirname(path), () => {
    if (mode === 'new') return linkNew(draft, path)
    renameSync(draft, path)
    return true
  })
}

/** Forgets a draft, if it still stands. */
export function dropDraft(draft: string): void {
  rmSync(draft, { force: true })
}

/** Without it a power cut may take the name of a file whose bytes are safe. */
export function syncFolder(folder: string): void {
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

/** The sync of each folder that runs, and the one that has not begun: that one serves everybody who comes until then. */
const running = new Map<string, Promise<void>>()
const coming = new Map<string, Promise<void>>()

/** The same without holding up the program; many who ask at the same time share one sync. */
export function syncFolderSoon(folder: string): Promise<void> {
  const shared = coming.get(folder)
  if (shared !== undefined) return shared
  const next = (running.get(folder) ?? Promise.resolve()).then(() => {
    coming.delete(folder)
    const own: Promise<void> = syncSoon(folder).finally(() => {
      if (running.get(folder) === own) running.delete(folder)
    })
    running.set(folder, own)
    return own
  })
  coming.set(folder, next)
  return next
}

/** Syncs a file or a folder, where that can be done, without holding up the program. */
export async function syncSoon(path: string): Promise<void> {
  try {
    const file = await open(path, 'r')
    await file.sync().finally(() => file.close())
  } catch {
    // A folder that cannot be synced on this system, or a file that is gone by now: it is as safe as it can be.
  }
}

function nextDraft(temporary: string): string {
  count += 1
  return join(temporary, `${ownerName()}.${count}-${COPY}.tmp`)
}

/** Does what needs a folder; makes the folder when it is not there, which is seldom. */
function inFolder<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    makeFolder(folder)
    return work()
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
