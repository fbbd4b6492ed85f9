import { isResultsError } from '@runspan/results/core'
import { CommanderError } from 'commander'
import { CliError, EXIT } from './cli-error.js'
import { note } from './output.js'
import { createProgram } from './program.js'

/** Runs the command line and sets the exit code of the process. */
export async function main(args: readonly string[]): Promise<void> {
  quietWhenNobodyReads()
  try {
    process.exitCode = EXIT.well
    await createProgram((code) => {
      process.exitCode = code
    }).parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exitCode = toExitCode(error)
  }
}

/** The one place where whatever was thrown becomes a message and an exit code. */
function toExitCode(error: unknown): number {
  // Commander has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.well : EXIT.usage
  if (error instanceof CliError) {
    note(error.message)
    return error.code === 'usage' ? EXIT.usage : EXIT.unreachable
  }
  if (isResultsError(error)) {
    note(`this is no document: ${error.message}`)
    return EXIT.bad
  }
  note(`something unforeseen went wrong: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  return EXIT.unreachable
}

/** `| head -1` closes the pipe; that is the reader's right, and no error. */
function quietWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(EXIT.well)
  })
}
