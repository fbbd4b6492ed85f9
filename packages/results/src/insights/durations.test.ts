import { describe, expect, test } from 'vitest'
import { failing, run, step } from './documents.testsuite.js'
import { createDurations } from './durations.js'

describe('durations over runs', () => {
  test('are told per workflow and per step name path, from the top down', () => {
    const durations = createDurations()
    for (const took of [100, 200, 300]) {
      durations.add(
        run([step('load', { took, steps: [step('read', { took: took / 2 })] }), step('read', { took: 1 })], {
          took: took * 2,
        }),
      )
    }
    durations.add(run([], { name: 'other', took: 5 }))
    const { workflows, left_off } = durations.result()
    expect(left_off).toBe(0)
    expect(workflows.map(({ workflow, runs }) => [workflow, runs])).toEqual([
      ['daily_import', 3],
      ['other', 1],
    ])
    expect(workflows[0]?.duration).toMatchObject({ count: 3, min_ms: 200, max_ms: 600 })
    expect(workflows[0]?.steps.map(({ path }) => path)).toEqual([['load'], ['load', 'read'], ['read']])
    const read = workflows[0]?.steps[1]?.duration
    expect(read).toMatchObject({ count: 3, min_ms: 50, max_ms: 150 })
    expect(read?.p50_ms).toBeGreaterThan(99)
    expect(read?.p50_ms).toBeLessThan(101)
  })

  test('count what passed or failed, not what was skipped, cut off or still runs', () => {
    const durations = createDurations()
    const none = { took: 1 } as const
    durations.add(
      run(
        [
          failing('x', 'no', { took: 7 }),
          step('x', { took: 9 }),
          step('x', { outcome: 'skipped', ...none }),
          step('x', { outcome: 'cancelled', ...none }),
          step('x', { outcome: 'running', took: null }),
        ],
        { outcome: 'running', took: null },
      ),
    )
    const [workflow] = durations.result().workflows
    expect(workflow).toMatchObject({ runs: 1, duration: null })
    expect(workflow?.steps[0]?.duration).toMatchObject({ count: 2, min_ms: 7, max_ms: 9 })
  })

  test('never tell more names apart than allowed, and count the rest', () => {
    const durations = createDurations({ maxPaths: 3 })
    for (let i = 0; i < 10; i += 1) durations.add(run([step(`page ${i}`, { steps: [step('below')] })]))
    const { workflows, left_off } = durations.result()
    expect(workflows[0]?.steps.map(({ path }) => path)).toEqual([['page 0'], ['page 0', 'below']])
    expect(left_off).toBe(9)
  })
})
