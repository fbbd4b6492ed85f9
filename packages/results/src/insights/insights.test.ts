import { describe, expect, test } from 'vitest'
import type { StepNode } from '../core/document.js'
import { criticalPath } from './critical-path.js'
import { diffRuns } from './diff-runs.js'
import { error, failing, run, step } from './documents.testsuite.js'
import { firstFailure } from './first-failure.js'
import { runInsights } from './insights.js'

function deep(levels: number): StepNode {
  let node = failing('leaf', 'no')
  for (let i = 0; i < levels; i += 1) node = failing('level', 'no', { steps: [node] })
  return node
}

describe('insights', () => {
  test('take one pass over any iterable, also one that can be read only once', () => {
    let read = 0
    function* documents() {
      for (const took of [1, 2, 3]) {
        read += 1
        yield run([step('a', { took })], { took })
      }
    }
    const insights = runInsights(documents(), { maxSlowest: 1 })
    expect(read).toBe(3)
    expect(insights).toMatchObject({ runs: 3, errors: { clusters: [] }, flaky: { steps: [] } })
    expect(insights.slowest.map(({ duration_ms }) => duration_ms)).toEqual([3])
    expect(insights.durations.workflows[0]?.duration?.count).toBe(3)
  })

  test('survive a run 1,000 deep and one of 100,000 steps', () => {
    const wide = run(
      Array.from({ length: 100_000 }, (_, i) => step(`page ${i % 7}`, { from: i, took: 1 })),
      { took: 100_000 },
    )
    const tall = run([deep(1_000)], { outcome: 'failed', error: error('no') })
    const insights = runInsights([wide, tall], { maxPaths: 5_000 })
    expect(insights.errors.clusters).toMatchObject([{ failures: 1 }])
    expect(insights.durations.workflows[0]?.steps).toHaveLength(7 + 1_001)
    expect(firstFailure(tall)?.path).toHaveLength(1_001)
    expect(criticalPath(wide)?.segments).toHaveLength(100_000)
    expect(criticalPath(tall)?.duration_ms).toBe(100)
    expect(diffRuns(wide, wide)).toMatchObject({ unchanged: 100_000, steps: [], first_divergence: null })
    expect(diffRuns(tall, run([deep(999)])).steps.some(({ kind }) => kind === 'removed')).toBe(true)
  })
})
