import { describe, expect, test } from 'vitest'
import { collect } from './collector.js'
import { at, attempt, failing, run, step } from './documents.testsuite.js'
import { createFlakySteps } from './flaky.js'

function flaky(...documents: Parameters<ReturnType<typeof createFlakySteps>['add']>[0][]) {
  return collect(createFlakySteps(), documents)
}

const retried = () => step('call', { attempts: [attempt(1, 'retry'), attempt(2, 'success')] })

describe('a flaky step', () => {
  test('passed and failed at one version', () => {
    const { steps } = flaky(
      run([step('a'), step('b')], { version: '1' }),
      run([failing('a', 'no'), step('b')], { version: '1', from: 5 }),
      run([step('a'), step('b')], { version: '1', from: 9 }),
    )
    expect(steps).toEqual([
      {
        workflow: 'daily_import',
        path: ['a'],
        passed_after_retry: 0,
        versions: [{ version: '1', passed: 2, failed: 1 }],
        last_at: at(5),
      },
    ])
  })

  test('is not one that failed until the version changed', () => {
    expect(flaky(run([failing('a', 'no')], { version: '1' }), run([step('a')], { version: '2' })).steps).toEqual([])
  })

  test('is one that passed only after a failed attempt', () => {
    const { steps } = flaky(run([retried()]), run([retried()]), run([step('call')]))
    expect(steps).toMatchObject([{ path: ['call'], passed_after_retry: 2, versions: [] }])
    expect(flaky(run([step('call', { attempts: [attempt(1, 'success')] })])).steps).toEqual([])
  })

  test('is the one below, not the parent that repeats its failure', () => {
    const { steps } = flaky(
      run([step('load', { steps: [step('read')] })]),
      run([failing('load', 'no', { steps: [failing('read', 'no')] })]),
    )
    expect(steps.map(({ path }) => path)).toEqual([['load', 'read']])
  })

  test('is told apart run by run: one page of many that failed is no pass', () => {
    const mixed = run([step('page'), failing('page', 'no'), step('page')])
    expect(flaky(mixed).steps).toEqual([])
    expect(flaky(mixed, run([step('page')])).steps[0]?.versions).toEqual([{ version: '3', passed: 1, failed: 1 }])
  })

  test('is neither skipped nor cancelled nor running', () => {
    const outcomes = ['success', 'skipped', 'cancelled', 'running'] as const
    expect(flaky(...outcomes.map((outcome) => run([step('a', { outcome })]))).steps).toEqual([])
  })

  test('does not depend on the order of the runs, and the most often seen comes first', () => {
    const documents = [run([step('a'), retried()]), run([failing('a', 'x'), retried()]), run([step('a'), retried()])]
    expect(flaky(...documents)).toEqual(flaky(...[...documents].reverse()))
    expect(flaky(...documents).steps.map(({ path }) => path[0])).toEqual(['call', 'a'])
  })

  test('keeps its evidence when many versions follow', () => {
    const collector = createFlakySteps()
    collector.add(run([step('a')], { version: 'v' }))
    collector.add(run([failing('a', 'no')], { version: 'v' }))
    for (let i = 0; i < 100; i += 1) collector.add(run([step('a')], { version: String(i) }))
    const { steps, versions_left_off } = collector.result()
    expect(steps).toMatchObject([{ versions: [{ version: 'v', passed: 1, failed: 1 }] }])
    expect(versions_left_off).toBe(81)
  })
})
