import { documentText, OUTCOMES } from '@runspan/results/core'
import type { Sink } from '../sink.js'

/** Options of {@link consoleSink}. */
export interface ConsoleSinkOptions {
  /** The whole document, or a line that says how the run ended. @default false */
  document?: boolean | undefined
  /** @default a line on stdout */
  print?: ((text: string) => void) | undefined
}

/** Prints each finished run. */
export function consoleSink(options: ConsoleSinkOptions = {}): Sink {
  const { document: whole = false, print = (text: string) => void process.stdout.write(`${text}\n`) } = options
  return {
    name: 'the console',
    write({ document, final }) {
      if (!final) return
      print(whole ? documentText(document, { detail: true }) : toLine(document.run))
    },
  }
}

interface Facts {
  readonly name: string
  readonly id: string | null
  readonly outcome: keyof typeof OUTCOMES
  readonly duration_ms: number | null
  readonly error: { readonly message: string | null } | null
}

function toLine({ name, id, outcome, duration_ms, error }: Facts): string {
  const parts = [OUTCOMES[outcome].ascii, printable(name), printable(id ?? ''), outcome]
  if (duration_ms !== null) parts.push(`${Math.round(duration_ms)} ms`)
  if (error?.message) parts.push(printable(error.message))
  return parts.filter(Boolean).join('  ')
}

/** What a terminal would obey, or show as another line, is shown as a space. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').slice(0, 500)
}
