/** Why a command ends with something other than its answer. */
export type CliErrorCode = 'usage' | 'unreachable'

/** An error whose message is all that the user needs: what was wrong, and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode

  constructor(code: CliErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The exit codes of every command, by what they mean. */
export const EXIT = { well: 0, bad: 1, usage: 2, unreachable: 3 } as const

/** The exit code of a process that a signal ended. */
export const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const
