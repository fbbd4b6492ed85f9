const CLAIMED = Symbol.for('runspan.folders/1')

/** The folders that this process writes documents into, whichever copy of the package does. */
function claimed(): Set<string> {
  const shared = globalThis as { [CLAIMED]?: Set<string> }
  shared[CLAIMED] ??= new Set()
  return shared[CLAIMED]
}

/** Takes a folder for one exporter or processor. False when another one has it: both would write every document. */
export function claimFolder(folder: string): boolean {
  if (claimed().has(folder)) return false
  claimed().add(folder)
  return true
}

/** Gives a folder back. */
export function releaseFolder(folder: string): void {
  claimed().delete(folder)
}
