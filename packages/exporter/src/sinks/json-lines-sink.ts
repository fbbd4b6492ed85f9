import { resolve } from 'node:path'
import { appendLine } from '../append-line.js'
import type { Sink } from '../sink.js'

/** Appends each finished document as one line to a file; a document that is revised is another line, of a higher revision. */
export function jsonLinesSink(path: string): Sink {
  const file = resolve(path)
  return {
    name: `lines in ${file}`,
    write({ document, final }) {
      if (final) appendLine(file, JSON.stringify(document))
    },
  }
}
