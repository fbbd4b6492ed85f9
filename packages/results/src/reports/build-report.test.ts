import { describe, expect, test } from 'vitest'
import type { StatusRow } from '../core/document.js'
import { isResultsError } from '../core/results-error.js'
import { attempt, error, failing, run, step } from '../insights/documents.testsuite.js'
import { buildReport } from './build-report.js'
import { selectSteps } from './select.js'

function row(run_id: string, status: string, parts: Partial<StatusRow> = {}): StatusRow {
  const rest = { mode: 'default', error_code: null, error_message: null, target: null, stacktrace: null }
  return { run_id, title: `step ${run_id}`, status, ...rest, ...parts }
}

describe('a report', () => {
  test('is data: plain JSON with the runs in their order, and their steps from the top down', () => {
    const load = failing('load', 'no', {
      from: 20,
      took: 80,
      steps: [
        failing('insert', 'no', { from: 30, took: 70, attempts: [attempt(1, 'retry', 30), attempt(2, 'failed', 60)] }),
      ],
    })
    const failed = run([step('fetch', { took: 20 }), load], { outcome: 'failed', error: error('no') })
    const report = buildReport([run([]), failed])
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(report).toMatchObject({
      schema: 'runspan.report/1',
      failed: true,
      counts: { success: 1, failed: 1, running: 0 },
    })
    const told = report.runs[1]
    expect(told).toMatchObject({ key: failed.run.key, retries: 1, counts: { success: 1, failed: 2 } })
    expect(told?.first_failure?.path).toEqual(['load', 'insert'])
    expect(told?.critical).toMatchObject([
      { path: ['load', 'insert'], duration_ms: 70, share: 0.7 },
      { path: ['fetch'], duration_ms: 20, share: 0.2 },
      { path: ['load'], duration_ms: 10, share: 0.1 },
    ])
    expect(
      told?.steps.map(({ name, depth, offset_ms, failed_itself }) => [name, depth, offset_ms, failed_itself]),
    ).toEqual([
      ['fetch', 0, 0, false],
      ['load', 0, 20, false],
      ['insert', 1, 30, true],
    ])
    expect(told?.steps[2]?.attempts.map(({ offset_ms }) => offset_ms)).toEqual([30, 60])
  })

  test('of a plain document has its rows as steps, retries with the row after them, the row of the run as the run', () => {
    const statuses = [
      row('0000', 'failed', { error_message: 'boom' }),
      row('0001', 'success'),
      row('0002_retry_0', 'retry', { error_message: 'Attempt 1 failed: x' }),
      row('0002', 'timed_out', { error_code: 7, error_message: 'late', stacktrace: 'at x' }),
      row('0003', 'success'),
    ]
    const { runs } = buildReport([{ statuses }], { name: 'etl' })
    expect(runs[0]).toMatchObject({
      name: 'etl',
      outcome: 'failed',
      retries: 1,
      error: { message: 'boom' },
      duration_ms: null,
    })
    expect(runs[0]?.steps.map(({ run_id, attempts }) => [run_id, attempts.length])).toEqual([
      ['0001', 0],
      ['0002', 2],
      ['0003', 0],
    ])
    expect(runs[0]?.steps[1]?.error).toMatchObject({ code: 7, message: 'late', stacktrace: 'at x' })
  })

  test('of a plain document without a row for the run stands as its first failing row', () => {
    const outcome = (...words: string[]) =>
      buildReport([{ statuses: words.map((word, i) => row(String(i + 1), word)) }]).runs[0]?.outcome
    expect(outcome('success', 'timed_out', 'success')).toBe('timed_out')
    expect(outcome('success', 'running')).toBe('running')
    expect(outcome()).toBe('queued')
  })

  test('S0.4 takes the words that other writers use for success and failure', () => {
    const { runs } = buildReport([{ statuses: [row('0001', 'completed'), row('0002', 'failure')] }])
    expect(runs[0]).toMatchObject({ outcome: 'failed', counts: { success: 1, failed: 1 } })
  })

  test('names a status word that is none, where it is, and what is allowed', () => {
    expect.assertions(3)
    try {
      buildReport([{ statuses: [row('0001', 'success'), row('0002', 'done')] }])
    } catch (caught) {
      expect(isResultsError(caught)).toBe(true)
      expect(caught).toMatchObject({ code: 'unknown_word', path: '$.statuses[1].status' })
      expect((caught as Error).message).toMatch(/"done".*success, failed/)
    }
  })
})

describe('the steps that are shown', () => {
  const steps = (...parts: Parameters<typeof step>[]) =>
    buildReport([run(parts.map((each) => step(...each)))]).runs[0]?.steps ?? []

  test('are all of them when there is room', () => {
    const all = steps(['a'], ['b'])
    expect(selectSteps(all, 2)).toEqual(all)
  })

  test('are the failing ones with what is around them first, the others counted in their place', () => {
    const all = steps(['a'], ['b'], ['c'], ['d', { steps: [step('x'), failing('y', 'no'), step('z')] }], ['e'])
    const names = selectSteps(all, 3).map((shown) => ('omitted' in shown ? shown.omitted : shown.name))
    expect(names).toEqual(['a', 2, 'd', 1, 'y', 2])
  })

  test('are never more than there is room for', () => {
    const all = buildReport([run(Array.from({ length: 100 }, (_, i) => failing(`s${i}`, 'no')))]).runs[0]?.steps ?? []
    expect(selectSteps(all, 10)).toEqual([...all.slice(0, 10), { omitted: 90 }])
    expect(selectSteps(all, 0)).toEqual([{ omitted: 100 }])
  })
})
