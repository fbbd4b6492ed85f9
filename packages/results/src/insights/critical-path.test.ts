import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StepNode } from '../core/document.js'
import { criticalPath } from './critical-path.js'
import { run, step } from './documents.testsuite.js'

function pathOf(steps: StepNode[], took: number | null) {
  return criticalPath(run(steps, { took }))?.segments.map((s) => [s.path.join('>') || '.', s.start_ms, s.duration_ms])
}

describe('the critical path', () => {
  test('is every step of a run without parallel work, and the time between', () => {
    expect(pathOf([step('a', { from: 10, took: 30 }), step('b', { from: 50, took: 40 })], 100)).toEqual([
      ['.', 0, 10],
      ['a', 10, 30],
      ['.', 40, 10],
      ['b', 50, 40],
      ['.', 90, 10],
    ])
  })

  test('follows, of parallel steps, the one that ended last', () => {
    const parallel = [
      step('short', { from: 0, took: 40 }),
      step('long', { from: 5, took: 85 }),
      step('end', { from: 90, took: 10 }),
    ]
    expect(pathOf(parallel, 100)).toEqual([
      ['.', 0, 5],
      ['long', 5, 85],
      ['end', 90, 10],
    ])
  })

  test('follows, of steps that ended together, the one that started first', () => {
    const together = [step('later', { from: 50, took: 50 }), step('earlier', { from: 10, took: 90 })]
    expect(pathOf(together, 100)).toEqual([
      ['.', 0, 10],
      ['earlier', 10, 90],
    ])
  })

  test('goes down into the steps on it', () => {
    const load = step('load', {
      from: 0,
      took: 100,
      steps: [step('x', { from: 10, took: 20 }), step('y', { from: 10, took: 80 })],
    })
    expect(pathOf([load], 100)).toEqual([
      ['load', 0, 10],
      ['load>y', 10, 80],
      ['load', 90, 10],
    ])
  })

  test('cuts what lies outside its parent, and takes a step without an end until there', () => {
    const odd = step('odd', {
      from: 20,
      took: 30,
      steps: [step('before', { from: 0, took: 25 }), step('after', { from: 45, took: 500 })],
    })
    expect(pathOf([odd, step('open', { from: 60, took: null, outcome: 'running' })], 100)).toEqual([
      ['.', 0, 20],
      ['odd>before', 20, 5],
      ['odd', 25, 20],
      ['odd>after', 45, 5],
      ['.', 50, 10],
      ['open', 60, 40],
    ])
  })

  test('of a running run lasts until the last time known of it', () => {
    expect(pathOf([step('a', { from: 10, took: 30 }), step('b', { from: 45, took: null })], null)).toEqual([
      ['.', 0, 10],
      ['a', 10, 30],
      ['.', 40, 5],
    ])
    expect(criticalPath(run([], { started_at: null }))).toBeNull()
  })

  test('is without gaps and adds up to the run, whatever the steps', () => {
    const tree: fc.Memo<StepNode> = fc.memo((depth) =>
      fc
        .record({
          from: fc.integer({ min: -20, max: 120 }),
          took: fc.option(fc.integer({ min: 0, max: 130 })),
          steps: depth > 1 ? fc.array(tree(), { maxLength: 4 }) : fc.constant<StepNode[]>([]),
        })
        .map((parts) => step('s', parts)),
    )
    fc.assert(
      fc.property(fc.array(tree(4), { maxLength: 5 }), (steps) => {
        const found = criticalPath(run(steps, { took: 100 }))
        let until = 0
        for (const { start_ms, duration_ms } of found?.segments ?? []) {
          expect(start_ms).toBeCloseTo(until, 6)
          until += duration_ms
        }
        expect(until).toBeCloseTo(100, 6)
      }),
    )
  })
})
