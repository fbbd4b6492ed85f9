import { ATTR, createRunFold, documentText, type SpanRecord } from '@runspan/results/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyOf, record, runNews } from '../fixture.testsuite.js'
import { parseOwnDocument, toRecords } from './unfold.js'

const fold = (key: string, records: Iterable<SpanRecord>) => {
  const made = createRunFold(key)
  for (const one of records) made.add(one)
  return made.document({ revision: 1 })
}

const OUTCOMES = ['success', 'failed', 'skipped', 'cancelled', 'timed_out'] as const
const step = fc.record({
  name: fc.string({ minLength: 1, maxLength: 8 }),
  outcome: fc.constantFrom(...OUTCOMES),
  parent: fc.nat(10),
  retries: fc.nat(2),
  open: fc.boolean(),
  extras: fc.record(
    {
      [ATTR.target]: fc.string({ maxLength: 5 }),
      [ATTR.tags]: fc.constant('{"a":[1,null]}'),
      [ATTR.outputs]: fc.constantFrom('"text"', '{"a":1}', '[1, 2', '7'),
      [ATTR.warnings]: fc.constant('["careful"]'),
      [ATTR.errorCode]: fc.nat(1000),
      [ATTR.errorType]: fc.constant('RangeError'),
      [ATTR.exceptionMessage]: fc.string({ maxLength: 10 }),
      [ATTR.exceptionStacktrace]: fc.constantFrom('Error: a\n at x', 'Error: b\n at y'),
      [ATTR.outcomeReason]: fc.string({ minLength: 1, maxLength: 6 }),
      [ATTR.progress]: fc.double({ min: 0, max: 1, noNaN: true }).map((n) => n || 0),
      [ATTR.title]: fc.constant('A title'),
      [ATTR.id]: fc.constantFrom('load-it', '0042'),
      [ATTR.mode]: fc.constant('fast'),
    },
    { requiredKeys: [] },
  ),
})

/** The records of a run with nested steps, attempts, and steps that have not ended. */
function toRun(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) {
  const [first, ...rest] = runNews('etl', [])
  const root = rest.at(-1) ?? first
  if (root === undefined) throw new Error('no root')
  const runKey = keyOf([root])
  const records: SpanRecord[] = []
  const parents = [root.spanId]
  steps.forEach(({ name, outcome, parent, retries, open, extras }, index) => {
    const above = parents[parent % parents.length] as string
    const given = {
      [ATTR.parentId]: above,
      [ATTR.ordinal]: index + 1,
      ...(extras as Record<string, string | number>),
    }
    const made = record({
      name,
      outcome,
      runKey,
      traceId: root.traceId,
      phase: open ? 'started' : 'ended',
      attributes: given,
    })
    for (let n = 1; n <= retries; n += 1) {
      const attributes = { [ATTR.parentId]: made.spanId, [ATTR.ordinal]: index + 1, [ATTR.attempt]: n }
      const last = n === retries ? outcome : 'retry'
      records.push(record({ kind: 'attempt', name, outcome: last, runKey, traceId: root.traceId, attributes }))
    }
    records.push(made)
    parents.push(made.spanId)
  })
  const end = { ...root, attributes: { ...root.attributes, [ATTR.steps]: steps.length + 1 } }
  return { key: runKey, records: [end, ...records] }
}

test('a document taken apart and folded again is the same document', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const { key, records } = toRun(steps)
      const document = fold(key, records)
      const read = parseOwnDocument(documentText(document, { detail: true }), key)
      expect(fold(key, toRecords(read ?? document))).toEqual(document)
    }),
    { numRuns: 300 },
  )
})

test('only a detailed document of the run itself is taken', () => {
  const news = runNews('etl', ['a'])
  const document = fold(keyOf(news), news)
  const text = documentText(document, { detail: true })
  expect(parseOwnDocument(text, keyOf(news))).toEqual(document)
  expect(parseOwnDocument(text, keyOf(runNews('etl', [])))).toBeUndefined()
  expect(parseOwnDocument(documentText(document), keyOf(news))).toBeUndefined()
  for (const other of ['', '{', 'null', '[]', text.slice(0, -2)])
    expect(parseOwnDocument(other, keyOf(news))).toBeUndefined()
})
