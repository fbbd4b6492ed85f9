import { expect, test } from 'vitest'
import { run, step } from './documents.testsuite.js'
import { slowestSteps } from './slowest.js'

test('the slowest steps are slow by themselves, not by what runs below them', () => {
  const parts = [
    step('read', { from: 0, took: 60 }),
    step('write', { from: 40, took: 50 }),
    step('late', { from: 95, took: 500 }),
  ]
  const found = slowestSteps([run([step('load', { took: 100, steps: parts }), step('quick', { took: 1 })])])
  expect(found.map(({ path, own_ms }) => [path.join('>'), own_ms])).toEqual([
    ['load>late', 500],
    ['load>read', 60],
    ['load>write', 50],
    // 100 less 0 to 90 and 95 to 100.
    ['load', 5],
    ['quick', 1],
  ])
})

test('only as many are kept as asked for, over all runs, and the earlier one of equals', () => {
  const documents = Array.from({ length: 50 }, (_, i) => run([step(`s${i}`, { took: i % 10 })]))
  expect(slowestSteps(documents, { limit: 3 }).map(({ path }) => path[0])).toEqual(['s9', 's19', 's29'])
  expect(slowestSteps(documents, { limit: 0 })).toEqual([])
})
