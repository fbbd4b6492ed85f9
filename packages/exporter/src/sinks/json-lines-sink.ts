import { appendFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { makeFolder } from '../make-folder.js'
import type { Sink } from '../sink.js'

/** Appends each finished document as one line to a file; a document that is revised is another line, of a higher revision. */
export function jsonLinesSink(path: string): Sink {
  const file = resolve(path)
  return {
    name: `lines in ${file}`,
    write({ document, final }) {
      if (!final) return
      makeFolder(dirname(file))
      appendFileSync(file, `${JSON.stringify(document)}\n`, { mode: 0o600 })
    },
  }
}
