import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DetailedDocument } from './document.js'
import { foldRuns } from './fold.js'
import { attempt, failure, run, step } from './testing.testsuite.js'
import { documentPieces, documentText, toStrictRows } from './text.js'

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\n', '\u2028', '\ud800', 'é😀'))
const row = fc.record(
  {
    run_id: text,
    title: text,
    error_code: fc.option(fc.integer()),
    later: fc.jsonValue(),
    gone: fc.constant(undefined),
  },
  { requiredKeys: ['run_id', 'title'] },
)
const node: fc.Memo<object> = fc.memo((depth) =>
  fc.record(
    {
      span_id: text,
      inputs: fc.jsonValue(),
      duration_ms: fc.double(),
      error: fc.option(fc.record({ stacktrace: text })),
      steps: depth > 1 ? fc.array(node(depth - 1), { maxLength: 3 }) : fc.constant([]),
      gone: fc.constant(undefined),
    },
    { requiredKeys: ['span_id', 'steps'] },
  ),
)
/** Lists of few, of just so many that a piece is full, and of many. */
const list = <T>(of: fc.Arbitrary<T>) =>
  fc.oneof(
    fc.array(of, { maxLength: 3 }),
    fc.tuple(of, fc.constantFrom(24, 25, 26, 50, 51)).map(([one, count]) => Array<T>(count).fill(one)),
  )
/** What a fold makes, and what a file may hold: more keys, fewer, in any order. */
const anyDocument = fc
  .record(
    {
      schema: text,
      run: fc.jsonValue(),
      steps: list(node(3)),
      provenance: fc.jsonValue(),
      added: list(fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  .chain((rest) => fc.tuple(list(row), fc.shuffledSubarray(Object.entries(rest)), fc.boolean()))
  .map(([statuses, rest, first]) =>
    Object.fromEntries(first ? [['statuses', statuses], ...rest] : [...rest, ['statuses', statuses]]),
  )
  .map((made) => made as unknown as DetailedDocument)

/** A row as other programs rely on it: these keys in this order, and no other. */
const plain = (given: object) => {
  const names = ['run_id', 'title', 'status', 'mode', 'error_code', 'error_message', 'target', 'stacktrace']
  return Object.fromEntries(names.map((name) => [name, (given as Record<string, unknown>)[name]]))
}

describe('the text of any document', () => {
  test('is byte for byte what JSON.stringify gives, also put together from its pieces', () => {
    fc.assert(
      fc.property(anyDocument, fc.boolean(), fc.boolean(), (document, detail, strict) => {
        const statuses = strict ? toStrictRows(document.statuses) : document.statuses
        const expected = JSON.stringify(detail ? { ...document, statuses } : { statuses: statuses.map(plain) }, null, 2)
        expect(documentText(document, { detail, strict })).toBe(expected)
        expect([...documentPieces(document, { detail, strict })].join('')).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('comes in pieces of about 64 kB, and a short one in one piece', () => {
    const records = [run(), attempt(1, 2, 1, 'retry', { attributes: failure('no') })]
    for (let n = 2; n <= 1_000; n += 1) records.push(step(n, { attributes: n % 9 === 0 ? failure(`no ${n}`) : {} }))
    const long = foldRuns(records)[0] as DetailedDocument
    const pieces = [...documentPieces(long, { detail: true })]
    expect(pieces.join('')).toBe(documentText(long, { detail: true }))
    expect(pieces.length).toBeGreaterThan(5)
    for (const piece of pieces.slice(0, -1)) expect(Math.abs(piece.length - 80_000)).toBeLessThan(20_000)
    const short = foldRuns(records.slice(0, 9))[0] as DetailedDocument
    expect([...documentPieces(short, { detail: true })]).toHaveLength(1)
  })
})
