import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.js'

/**
 * Appends a line to a file that its user alone can read. What a full disk or a dead process has left of an earlier line
 * costs that line only.
 */
export function appendLine(path: string, line: string): void {
  makeFolder(dirname(path))
  const file = openSync(path, 'a+', 0o600)
  try {
    writeFileSync(file, `${endsTorn(file) ? '\n' : ''}${line}\n`)
  } finally {
    closeSync(file)
  }
}

/** True when something stands at the end of a file that no line break ends. */
function endsTorn(file: number): boolean {
  const { size } = fstatSync(file)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 10
}
