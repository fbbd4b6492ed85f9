import { readFile } from 'node:fs/promises'
import { maskControls } from '@runspan/results/terminal'
import { EXIT } from './cli-error.js'
import { type Fault, findFaults, MAX_FAULTS } from './faults.js'
import { note, type Output } from './output.js'

/** Says of every file whether it is a document, and all that is wrong with those that are not; gives the exit code. */
export async function validate(files: readonly string[], output: Output): Promise<number> {
  const counts = { valid: 0, invalid: 0, unreadable: 0, faults: 0 }
  for (const file of files) {
    const text = await read(file)
    if (text === undefined) {
      counts.unreadable += 1
      continue
    }
    const faults = findFaults(text)
    counts[faults.length === 0 ? 'valid' : 'invalid'] += 1
    counts.faults += faults.length
    if (output.form === 'json') output.line(JSON.stringify({ file, valid: faults.length === 0, faults }))
    else for (const fault of faults) output.line(toLine(file, fault))
    if (faults.length === MAX_FAULTS) note(`${file}: only the first ${MAX_FAULTS} faults are told`)
  }
  if (output.form !== 'json') output.line(toCount(counts))
  if (counts.unreadable > 0) return EXIT.unreachable
  return counts.invalid > 0 ? EXIT.bad : EXIT.well
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    note(`${JSON.stringify(file)} cannot be read (${code ?? String(error)}).`)
    return undefined
  }
}

function toLine(file: string, { line, column, path, expected, got }: Fault): string {
  return maskControls(`${file}:${line}:${column} ${path}: expected ${expected}, got ${got}`)
}

type Counts = Readonly<Record<'valid' | 'invalid' | 'unreadable' | 'faults', number>>

function toCount({ valid, invalid, unreadable, faults }: Counts): string {
  const told = faults === 0 ? '' : ` (${faults} ${faults === 1 ? 'fault' : 'faults'})`
  return `${valid} valid, ${invalid} invalid${told}${unreadable === 0 ? '' : `, ${unreadable} unreadable`}`
}
