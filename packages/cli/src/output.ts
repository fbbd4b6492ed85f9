import { type ColourFlag, maskControls, type TextStyle, useColour, useUtf8 } from '@runspan/results/terminal'
import { terminalEnv } from './config.js'

/** How an answer is written: for eyes, for other programs line by line, or as JSON. */
export type Form = 'terminal' | 'pipe' | 'json'

/** Where a command writes, and how it is to look. */
export interface Output extends TextStyle {
  readonly form: Form
  /** A line of the answer, as it is. */
  line(text: string): void
  /** A part of the answer, byte for byte. */
  raw(text: string): void
}

/** The flags of every command that say how it prints. */
export interface OutputFlags {
  json?: boolean
  color?: ColourFlag
}

/** The columns of a terminal that does not say. */
const DEFAULT_WIDTH = 80

export function createOutput(flags: OutputFlags): Output {
  const { stdout } = process
  const env = terminalEnv()
  const isTTY = stdout.isTTY === true
  return {
    form: flags.json ? 'json' : isTTY ? 'terminal' : 'pipe',
    width: stdout.columns || DEFAULT_WIDTH,
    colour: useColour({ flag: flags.color, env, isTTY }),
    utf8: useUtf8(env),
    line: (text) => void stdout.write(`${text}\n`),
    raw: (text) => void stdout.write(text),
  }
}

/** Writes a line beside the answer, on stderr; control characters in it are made visible. */
export function note(text: string): void {
  process.stderr.write(`runspan: ${maskControls(text)}\n`)
}

/** Writes a line beside the answer, on stderr, as it is. */
export function aside(line: string): void {
  process.stderr.write(`${line}\n`)
}
