import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ATTR } from './attributes.js'
import type { DetailedDocument } from './document.js'
import { createFold, createRunFold, foldRuns } from './fold.js'
import type { Phase, SpanRecord } from './record.js'
import { attempt, failure, key, run, span, step, TRACE } from './testing.testsuite.js'

const rows = (document: DetailedDocument | undefined) => document?.statuses.map((row) => `${row.run_id} ${row.status}`)
const only = (records: SpanRecord[]) => foldRuns(records)[0] as DetailedDocument

/** A run of up to twelve spans in any shape: parents that are missing, later, or each other; gaps and doubles. */
const anyRecords = fc
  .array(
    fc.record({
      kind: fc.constantFrom('step', 'step', 'step', 'attempt', 'run', 'foreign'),
      trace: fc.constantFrom(TRACE, TRACE, 'b'.repeat(32)),
      parent: fc.option(fc.nat(14), { nil: undefined }),
      otelParent: fc.option(fc.nat(14), { nil: null }),
      ordinal: fc.option(fc.nat(9), { nil: undefined }),
      keyed: fc.boolean(),
      ownKey: fc.boolean(),
      id: fc.constantFrom(undefined, undefined, '7', 'x'),
      start: fc.nat(5),
      phases: fc.uniqueArray(fc.constantFrom<Phase>('started', 'progress', 'interrupted', 'ended'), { minLength: 1 }),
      outcome: fc.constantFrom('success', 'failed', 'retry', 'skipped', undefined),
      contradicted: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((spans) => {
    const records: SpanRecord[] = []
    for (const [n, given] of spans.entries()) {
      const identity: Record<string, string | number> = { [ATTR.kind]: given.kind, [ATTR.name]: `n${n}` }
      if (given.keyed) identity[ATTR.runKey] = given.ownKey ? key(n, given.trace) : key(0)
      if (given.parent !== undefined) identity[ATTR.parentId] = span(given.parent)
      if (given.ordinal !== undefined) identity[ATTR.ordinal] = given.ordinal
      if (given.id !== undefined) identity[ATTR.id] = given.id
      if (given.kind === 'attempt') identity[ATTR.attempt] = 1 + given.start
      for (const [seq, phase] of given.phases.entries()) {
        const ended: Record<string, string> =
          phase === 'ended' && given.outcome ? { [ATTR.outcome]: given.outcome } : {}
        const base: SpanRecord = {
          phase,
          seq,
          traceId: given.trace,
          spanId: span(n),
          parentSpanId: given.otelParent === null ? null : span(given.otelParent),
          name: `n${n}`,
          start: String(1_000_000_000 + given.start),
          end: phase === 'ended' ? String(2_000_000_000 + n) : null,
          status: 'unset',
          attributes: { ...identity, ...ended },
        }
        records.push(base)
        if (given.contradicted) records.push({ ...base, attributes: { ...base.attributes, [ATTR.target]: 'other' } })
      }
    }
    return records
  })

describe('the fold', () => {
  test('gives the same bytes for any order, duplication or split of the records', () => {
    const shuffled = anyRecords.chain((records) =>
      fc.tuple(
        fc.constant(records),
        fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2, maxLength: records.length * 2 }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([records, mixed]) => {
        const expected = JSON.stringify(foldRuns(records))
        expect(JSON.stringify(foldRuns(mixed))).toBe(expected)
        const fold = createFold()
        for (const record of mixed) {
          fold.add(record)
          for (const known of fold.keys()) fold.document(known)
        }
        expect(JSON.stringify([...fold.keys()].sort().map((known) => fold.document(known)))).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('never loses a row or changes its id as more records arrive', () => {
    // What a span is does not change while it runs; only a span without a key can move, when its parent turns up.
    const steady = anyRecords.map((records) => records.filter((record) => record.attributes[ATTR.runKey] !== undefined))
    fc.assert(
      fc.property(steady, (records) => {
        const fold = createRunFold(key(0))
        let shown: string[] = []
        for (const record of records) {
          fold.add(record)
          const { statuses, steps } = fold.document()
          const ids = statuses.map((row) => row.run_id).filter((id) => id !== '0000' && !id.includes('_retry_'))
          for (const id of shown) expect(ids).toContain(id)
          shown = ids
          expect(countSteps(steps)).toBeLessThanOrEqual(records.length)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('keeps every step, whatever its parents are', () => {
    const circle = [
      run(),
      step(1, { attributes: { [ATTR.parentId]: span(2) } }),
      step(2, { attributes: { [ATTR.parentId]: span(1) } }),
      step(3, { attributes: { [ATTR.parentId]: span(3) } }),
      step(4, { attributes: { [ATTR.parentId]: span(99) } }),
    ]
    const document = only(circle)
    expect(rows(document)).toEqual(['0001 success', '0002 success', '0003 success', '0004 success'])
    expect(countSteps(document.steps)).toBe(4)
  })

  test('holds a run of 100,000 steps, and one of 1,000 levels', () => {
    const wide = [run()]
    for (let n = 1; n <= 100_000; n += 1) wide.push(step(n))
    expect(only(wide).statuses).toHaveLength(100_000)
    const deep = [run()]
    for (let n = 1; n <= 1_000; n += 1) deep.push(step(n, { attributes: { [ATTR.parentId]: span(n - 1) } }))
    const document = only(deep)
    expect(document.statuses).toHaveLength(1_000)
    expect(JSON.parse(JSON.stringify(document)).steps).toHaveLength(1)
  })

  test('flags a contradiction in whatever order its two sides came, and keeps one of them', () => {
    const [a, b] = [step(1), step(1, { attributes: failure('no') })]
    for (const records of [
      [run(), a, b],
      [run(), b, a, b],
    ]) {
      const document = only(records)
      expect(document.provenance.contradictions).toBe(1)
      expect(rows(document)).toEqual(rows(only([run(), a, b])))
    }
    expect(only([run(), a, a, { ...a, seq: 3 }]).provenance.contradictions).toBe(0)
  })

  test('prefers the later phase, then the higher number, and keeps a late end', () => {
    const started = step(1, { phase: 'started', end: null })
    const interrupted = step(1, { phase: 'interrupted', end: null, seq: 9 })
    expect(rows(only([run(), started]))).toEqual(['0001 running'])
    expect(rows(only([run(), interrupted, started]))).toEqual(['0001 interrupted'])
    expect(rows(only([run(), step(1), interrupted, started]))).toEqual(['0001 success'])
    const halfway = (seq: number, progress: number) =>
      step(1, { phase: 'progress', end: null, seq, attributes: { [ATTR.progress]: progress } })
    expect(only([run(), halfway(3, 0.9), halfway(2, 0.5)]).steps[0]?.progress).toBe(0.9)
  })

  test('counts steps that the run knows of and nobody saw', () => {
    const root = run({ attributes: { [ATTR.steps]: 5 } })
    expect(only([root, step(1), step(2), step(2)]).provenance.dropped).toBe(3)
    expect(only([root]).provenance.dropped).toBe(5)
  })
})

describe('which document a span belongs to', () => {
  test('a run inside a run is one row of the outer document and a document of its own', () => {
    const inner = run({ attributes: { [ATTR.runKey]: key(0), [ATTR.parentId]: span(1), [ATTR.ordinal]: 2 } }, 5)
    const within = step(6, { attributes: { [ATTR.runKey]: key(5), [ATTR.parentId]: span(5), [ATTR.ordinal]: 1 } })
    const documents = foldRuns([run(), step(1), inner, within])
    expect(documents.map((document) => [document.run.id, rows(document)])).toEqual([
      ['run-0', ['0001 success', '0002 success']],
      ['run-5', ['0001 success']],
    ])
    expect(documents[0]?.steps[0]?.steps[0]).toMatchObject({ kind: 'run', steps: [] })
    expect(documents[1]?.run.parent).toEqual({ run_key: key(0), span_id: span(1) })
    expect(documents[0]?.run.parent).toBeNull()
  })

  test('a foreign span between two steps leaves no trace', () => {
    const foreign = step(7, { attributes: { [ATTR.kind]: 'http' } })
    expect(foldRuns([run(), foreign, step(1, { parentSpanId: span(7) })])).toEqual(
      foldRuns([run(), step(1, { parentSpanId: span(7) })]),
    )
  })

  test('a step without a key goes where its OpenTelemetry parent does, also when that comes later', () => {
    const keyless = (n: number, parent: number) => {
      const { [ATTR.runKey]: _, [ATTR.parentId]: __, [ATTR.ordinal]: ___, ...attributes } = step(n).attributes
      return { ...step(n, { parentSpanId: span(parent) }), attributes }
    }
    const document = only([keyless(3, 2), keyless(2, 1), run(), step(1)])
    expect(rows(document)).toEqual(['0001 success', `s${span(2)} success`, `s${span(3)} success`])
    expect(foldRuns([keyless(3, 2), keyless(2, 50)]).map((found) => found.run.key)).toEqual([key(2)])
  })

  test('a step called outside any run is a row of its own, with its children', () => {
    const loose = step(0, { parentSpanId: null, attributes: { [ATTR.ordinal]: 1, [ATTR.steps]: 2 } })
    const { [ATTR.parentId]: _, ...attributes } = loose.attributes
    const document = only([{ ...loose, attributes }, step(2)])
    expect(rows(document)).toEqual(['0001 success', '0002 success'])
    expect(document.steps).toHaveLength(1)
    expect(document.steps[0]?.steps).toHaveLength(1)
    expect(document.provenance.dropped).toBe(0)
  })

  test('a run whose root never came still has its steps', () => {
    const document = only([step(1)])
    expect(document.run).toMatchObject({ key: key(0), id: null, name: 'unknown', outcome: 'running' })
    expect(rows(document)).toEqual(['0001 success'])
  })

  test('an attempt whose step is not known makes no row', () => {
    expect(rows(only([run(), attempt(3, 2, 1, 'retry')]))).toEqual(['0000 success'])
    expect(rows(only([run(), attempt(3, 2, 1, 'retry'), step(2)]))).toEqual(['0002_retry_0 retry', '0002 success'])
  })
})

function countSteps(steps: DetailedDocument['steps']): number {
  return steps.reduce((count, found) => count + 1 + countSteps(found.steps), 0)
}
