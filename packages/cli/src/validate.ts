import { isResultsError, type ResultsError } from '@runspan/results'
import { maskControls } from '@runspan/results/terminal'
import { CliError, EXIT } from './cli-error.js'
import { readDocument } from './folder-source.js'
import { note, type Output } from './output.js'

/** What is wrong with a document, and where. */
interface Fault {
  readonly path: string
  readonly expected: string
  readonly got: string
}

/** How messages of the reader part what was found from what would have been well. */
const ALLOWED = '; allowed is '

/** Says of every file whether it is a document; gives the exit code. */
export async function validate(files: readonly string[], output: Output): Promise<number> {
  const counts = { valid: 0, invalid: 0, unreadable: 0 }
  for (const file of files) {
    const result = await judge(file)
    if (result instanceof CliError) {
      counts.unreadable += 1
      note(result.message)
      continue
    }
    counts[result === null ? 'valid' : 'invalid'] += 1
    if (output.form === 'json') output.line(JSON.stringify({ file, valid: result === null, ...result }))
    else if (result !== null) output.line(toLine(file, result))
  }
  if (output.form !== 'json') output.line(toCount(counts))
  if (counts.unreadable > 0) return EXIT.unreachable
  return counts.invalid > 0 ? EXIT.bad : EXIT.well
}

async function judge(file: string): Promise<Fault | CliError | null> {
  try {
    await readDocument(file)
    return null
  } catch (error) {
    if (error instanceof CliError) return error
    if (isResultsError(error)) return toFault(error)
    throw error
  }
}

function toFault({ code, message, path }: ResultsError): Fault {
  const place = path ?? '$'
  const told = message.startsWith(place) ? message.slice(place.length).trim() : message
  if (code === 'invalid_json')
    return { path: place, expected: 'JSON text', got: told.replace(/^is no JSON text: /, '') }
  const [found = '', expected] = told.split(ALLOWED)
  if (expected === undefined) return { path: place, expected: 'a document', got: told }
  const got = found === 'is missing' ? 'nothing' : found.replace(/^is /, '')
  return { path: place, expected: expected.replace(/\.$/, ''), got }
}

function toLine(file: string, { path, expected, got }: Fault): string {
  return maskControls(`${file}: ${path}: expected ${expected}, got ${got}`)
}

function toCount({ valid, invalid, unreadable }: { valid: number; invalid: number; unreadable: number }): string {
  return `${valid} valid, ${invalid} invalid${unreadable === 0 ? '' : `, ${unreadable} unreadable`}`
}
