import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const CLAIMED = Symbol.for('runspan.folders/1')

/** The folders that this process writes documents into, whichever copy of the package does. */
function claimed(): Set<string> {
  const shared = globalThis as { [CLAIMED]?: Set<string> }
  shared[CLAIMED] ??= new Set()
  return shared[CLAIMED]
}

/**
 * Takes a folder for one exporter or processor; returns how to give it back. Undefined when another one has it, under
 * whatever name: both would write every document.
 */
export function claimFolder(folder: string): (() => void) | undefined {
  const path = realPath(folder)
  if (claimed().has(path)) return undefined
  claimed().add(path)
  return () => void claimed().delete(path)
}

/** A path without links; a folder that is not there yet is one in what is there. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const around = dirname(path)
    return around === path ? path : join(realPath(around), basename(path))
  }
}
