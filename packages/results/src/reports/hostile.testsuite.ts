import fc from 'fast-check'
import type { DetailedDocument } from '../core/document.js'
import { attempt, HOSTILE, run, step } from '../insights/documents.testsuite.js'

/** Any text at all, lone surrogates and the names that are known to do harm among them. */
export const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom(...'`|\\<>&\'"]\n-#*_[]()!~@:$', ' '), { maxLength: 20 }).map((parts) => parts.join('')),
)

/** A document with one text in every place that comes from outside. */
export function runOf(text: string): DetailedDocument {
  const error = { type: text, code: 1, category: text, message: text, stacktrace: text }
  const inner = step(text, { title: text, reason: text, outcome: 'skipped' })
  const failed = step(text, {
    title: text,
    outcome: 'failed',
    error,
    target: text,
    warnings: [text, { [text]: text }],
    attempts: [
      { ...attempt(1, 'retry'), error },
      { ...attempt(2, 'failed', 6), error },
    ],
    steps: [inner],
  })
  const facts = { name: text, title: `${text}!`, id: text, version: text, reason: text, target: text }
  return run(
    [failed, step(text, { title: text, attempts: [{ ...attempt(1, 'retry'), error }, attempt(2, 'success')] })],
    {
      ...facts,
      outcome: 'failed',
      error,
    },
  )
}
