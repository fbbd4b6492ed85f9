import { describe, expect, test } from 'vitest'
import { attempt, failing, run, step } from './documents.testsuite.js'
import { firstFailure } from './first-failure.js'

describe('the first failing step', () => {
  test('is the leaf where it began, with its path and tries', () => {
    const insert = failing('insert', 'x', { from: 5, attempts: [attempt(1, 'retry'), attempt(2, 'failed')] })
    const point = firstFailure(run([step('fetch'), failing('load', 'x', { steps: [step('read'), insert] })]))
    expect(point).toMatchObject({ path: ['load', 'insert'], span_id: insert.span_id, attempts: 2, handled: false })
    expect(point?.error?.message).toBe('x')
  })

  test('is the one that started first, whatever its place in the tree', () => {
    const document = run([failing('late', 'x', { from: 20 }), failing('early', 'y', { from: 10 })])
    expect(firstFailure(document)?.path).toEqual(['early'])
    const same = run([failing('second', 'x', { ordinal: 2 }), failing('first', 'y', { ordinal: 1 })])
    expect(firstFailure(same)?.path).toEqual(['first'])
  })

  test('tells times apart by the nanosecond', () => {
    const document = run([failing('late', 'x', { from: 1.000002 }), failing('early', 'y', { from: 1.000001 })])
    expect(firstFailure(document)?.path).toEqual(['early'])
  })

  test('is one that nobody got over, if there is one', () => {
    const handled = step('tried', { steps: [failing('optional', 'x', { from: 1 })] })
    expect(firstFailure(run([handled, failing('vital', 'y', { from: 50 })]))?.path).toEqual(['vital'])
    expect(firstFailure(run([handled]))).toMatchObject({ path: ['tried', 'optional'], handled: true })
  })

  test('may have timed out or been interrupted', () => {
    for (const outcome of ['timed_out', 'interrupted'] as const) {
      expect(firstFailure(run([step('a', { outcome })]))?.outcome).toBe(outcome)
    }
    expect(firstFailure(run([step('a', { outcome: 'cancelled' }), step('b', { outcome: 'skipped' })]))).toBeNull()
  })
})
