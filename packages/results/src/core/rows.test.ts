import { describe, expect, test } from 'vitest'
import { ATTR } from './attributes.js'
import type { DetailedDocument } from './document.js'
import { foldRuns } from './fold.js'
import type { SpanRecord } from './record.js'
import { attempt, failure, run, span, step } from './testing.testsuite.js'
import { documentText, toStrictRows } from './text.js'

const only = (records: SpanRecord[]) => foldRuns(records)[0] as DetailedDocument
const unnumbered = (n: number, parent: number) => {
  const made = step(n, { attributes: { [ATTR.parentId]: span(parent) } })
  const { [ATTR.ordinal]: _, ...attributes } = made.attributes
  return { ...made, attributes }
}

describe('rows', () => {
  test('stand in the order in which steps were numbered, not in the order in which they began or ended', () => {
    const early = step(3, { start: '1000000000', end: '2000000000' })
    expect(only([early, step(2), run(), step(1)]).statuses.map((row) => row.run_id)).toEqual(['0001', '0002', '0003'])
  })

  test('of steps without a number follow their nearest numbered ancestor, or come last', () => {
    const records = [
      run(),
      step(1),
      step(2),
      unnumbered(10, 1),
      unnumbered(11, 10),
      unnumbered(12, 0),
      unnumbered(9, 99),
    ]
    expect(only(records).statuses.map((row) => row.run_id)).toEqual([
      '0001',
      `s${span(10)}`,
      `s${span(11)}`,
      '0002',
      `s${span(9)}`,
      `s${span(12)}`,
    ])
  })

  test('are named by the id option, padded when numeric; a repeated id repeats', () => {
    const named = (n: number, id: string) => step(n, { attributes: { [ATTR.id]: id } })
    const records = [
      run(),
      named(1, '3'),
      named(2, 'load'),
      step(3),
      named(4, '3'),
      named(5, '   '),
      named(6, 'x'.repeat(300)),
    ]
    expect(only(records).statuses.map((row) => row.run_id)).toEqual(['0003', 'load', '0003', '0003', '0005', '0006'])
  })

  test('of retries stand before their step and name the raw id', () => {
    const retried = step(1, { attributes: { [ATTR.id]: '1', [ATTR.title]: 'Load' } })
    const tries = [
      attempt(5, 1, 2, 'retry', { attributes: failure('b', 'stack', 503) }),
      attempt(4, 1, 1, 'retry', { attributes: failure('a') }),
      attempt(6, 1, 3, 'success'),
    ].map((record) => ({
      ...record,
      attributes: { ...record.attributes, [ATTR.outcome]: record === undefined ? '' : outcomeOf(record) },
    }))
    expect(only([run(), ...tries, retried]).statuses.slice(0, 2)).toEqual([
      {
        run_id: '1_retry_0',
        title: 'Load (Retry 1)',
        status: 'retry',
        mode: 'default',
        error_code: 500,
        error_message: 'Attempt 1 failed: a',
        target: null,
        stacktrace: null,
      },
      {
        run_id: '1_retry_1',
        title: 'Load (Retry 2)',
        status: 'retry',
        mode: 'default',
        error_code: 503,
        error_message: 'Attempt 2 failed: b',
        target: null,
        stacktrace: null,
      },
    ])
  })

  test('take their mode from themselves, then from the run, then from the default', () => {
    const own = step(1, { attributes: { [ATTR.mode]: 'fast' } })
    expect(only([run(), own, step(2)]).statuses.map((row) => row.mode)).toEqual(['fast', 'default'])
    const inRun = run({ attributes: { [ATTR.mode]: 'nightly' } })
    expect(only([inRun, own, step(2)]).statuses.map((row) => row.mode)).toEqual(['fast', 'nightly'])
  })

  test('show a stack once, where it is deepest', () => {
    const broken = failure('no')
    const records = [
      run({ attributes: broken }),
      step(1, { attributes: broken }),
      step(2, { attributes: { ...broken, [ATTR.parentId]: span(1) } }),
      step(3, { attributes: broken }),
    ]
    expect(only(records).statuses.map((row) => [row.run_id, row.stacktrace === null])).toEqual([
      ['0001', true],
      ['0002', false],
      ['0003', false],
    ])
    expect(only(records).run.error?.stacktrace).toBeNull()
  })

  test('of a failed step say code 500 when it names none, of a cancelled or skipped one its reason', () => {
    const cancelled = step(2, { attributes: { [ATTR.outcome]: 'cancelled', [ATTR.outcomeReason]: 'stop' } })
    const plain = step(1, { status: 'error', attributes: { [ATTR.outcome]: '?' } })
    expect(only([run(), plain, cancelled]).statuses).toMatchObject([
      { status: 'failed', error_code: 500, error_message: null },
      { status: 'cancelled', error_code: null, error_message: 'stop' },
    ])
  })
})

describe('the row of the run itself', () => {
  test('stands when there are no steps', () => {
    expect(only([run()]).statuses).toMatchObject([{ run_id: '0000', title: 'etl', status: 'success' }])
    expect(only([run({ phase: 'started', end: null })]).statuses).toMatchObject([{ run_id: '0000', status: 'running' }])
  })

  test('stands when it failed between its steps, so that a failed run never reads as all success', () => {
    const failed = run({ attributes: failure('between') })
    expect(only([failed, step(1)]).statuses.map((row) => [row.run_id, row.status])).toEqual([
      ['0000', 'failed'],
      ['0001', 'success'],
    ])
    expect(only([failed, step(1, { attributes: failure('other') })]).statuses).toHaveLength(2)
    expect(only([failed, step(1, { attributes: failure('between') })]).statuses.map((row) => row.run_id)).toEqual([
      '0001',
    ])
  })

  test('is absent while the run goes on and has steps', () => {
    expect(only([run({ phase: 'started', end: null }), step(1)]).statuses.map((row) => row.run_id)).toEqual(['0001'])
  })
})

describe('the text of a document', () => {
  const document = only([run(), step(1), step(2, { attributes: { [ATTR.id]: 'load' } })])

  test('in its plain form is the statuses with two spaces of indent; the detailed one begins with the same', () => {
    expect(documentText(document)).toBe(JSON.stringify({ statuses: document.statuses }, null, 2))
    const detailed = JSON.parse(documentText(document, { detail: true }))
    expect(detailed.statuses).toEqual(document.statuses)
    expect(Object.keys(detailed)).toEqual(['statuses', 'schema', 'run', 'steps', 'provenance'])
  })

  test('in its strict form differs by renumbered ids only', () => {
    const strict = JSON.parse(documentText(document, { strict: true })).statuses
    expect(strict.map((row: { run_id: string }) => row.run_id)).toEqual(['0001', '0002'])
    expect(strict.map(({ run_id: _, ...rest }: { run_id: string }) => rest)).toEqual(
      document.statuses.map(({ run_id: _, ...rest }) => rest),
    )
    const numeric = document.statuses.slice(0, 1)
    expect(toStrictRows(numeric)).toEqual(numeric)
  })

  test('keeps inputs and outputs as values, and as text when they were cut or nest too deep', () => {
    const deep = '['.repeat(5_000) + ']'.repeat(5_000)
    const root = run({ attributes: { [ATTR.inputs]: '{"a":[1]}', [ATTR.outputs]: '{"a":[1' } })
    expect(only([root]).run).toMatchObject({ inputs: { a: [1] }, outputs: '{"a":[1' })
    const found = only([
      run(),
      step(1, { attributes: { [ATTR.outputs]: deep, [ATTR.inputs]: '{"__proto__":{"x":1}}' } }),
    ])
    expect(found.steps[0]?.outputs).toBe(deep)
    expect(({} as { x?: number }).x).toBeUndefined()
    expect(documentText(found, { detail: true })).toContain('__proto__')
  })
})

function outcomeOf(record: SpanRecord): string {
  return record.attributes[ATTR.attempt] === 3 ? 'success' : 'retry'
}
