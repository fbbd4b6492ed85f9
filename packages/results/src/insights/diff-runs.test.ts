import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StepNode } from '../core/document.js'
import { ResultsError } from '../core/results-error.js'
import { diffRuns, type RunDiff } from './diff-runs.js'
import { attempt, error, failing, run, step } from './documents.testsuite.js'

function diff(a: StepNode[], b: StepNode[], options = {}) {
  return diffRuns(run(a), run(b), options)
}

describe('diffRuns', () => {
  test('finds nothing between equal runs', () => {
    const steps = () => [step('a', { inputs: { x: 1 } }), step('b', { steps: [step('c')] })]
    expect(diff(steps(), steps())).toMatchObject({ steps: [], unchanged: 3, run: null, first_divergence: null })
  })

  test('tells added and removed steps, where they would have stood', () => {
    const found = diff([step('a'), step('old'), step('z')], [step('new'), step('a'), step('z')]).steps
    expect(found.map(({ kind, path }) => [kind, path[0]])).toEqual([
      ['added', 'new'],
      ['removed', 'old'],
    ])
    const last = diff([step('z'), step('b')], [step('z'), step('y'), step('b'), step('a')]).steps
    expect(last.map(({ path }) => path[0])).toEqual(['y', 'a'])
    expect(found[0]).toMatchObject({ a: null, changes: null, b: { outcome: 'success', duration_ms: 10, attempts: 1 } })
  })

  test('pairs steps of one name by occurrence, in the order of their ordinals, below the same parent', () => {
    const batch = (n: number, ...pages: StepNode[]) => step('batch', { ordinal: n, steps: pages })
    const page = (n: number, inputs: string) => step('page', { ordinal: n, inputs })
    // The pages of the two batches start in another order: that is no difference.
    const a = [batch(1, page(3, 'a1'), page(6, 'a2')), batch(2, page(4, 'b1'), page(5, 'b2'))]
    const b = [batch(2, page(3, 'b1'), page(6, 'b2')), batch(1, page(5, 'a2'), page(4, 'a1'))]
    expect(diff(a, b)).toMatchObject({ steps: [], unchanged: 6 })
    const c = [batch(1, page(3, 'a1'), page(6, 'a2')), batch(2, page(4, 'b1'))]
    expect(diff(a, c).steps).toMatchObject([{ kind: 'removed', path: ['batch', 'page'], occurrences: [2, 2] }])
  })

  test('tells changed outcome, attempts, error, inputs and outputs', () => {
    const before = step('a', { inputs: { day: 1 }, outputs: [1, 2] })
    const after = failing('a', 'no', {
      inputs: { day: 2 },
      outputs: null,
      attempts: [attempt(1, 'retry'), attempt(2, 'failed')],
    })
    const { changes } = diff([before], [after]).steps[0] ?? {}
    expect(changes).toMatchObject({
      outcome: true,
      attempts: true,
      error: true,
      speed: null,
      inputs: { changes: [{ path: '$.day', a: '1', b: '2' }] },
      outputs: { changes: [{ path: '$', a: '[… 2]', b: 'null' }] },
    })
  })

  test.each([
    [1_000, 1_201, 'slower'],
    [1_201, 1_000, 'faster'],
    [1_000, 1_200, null],
    [100, 200, null],
    [100, 200.001, 'slower'],
    [0, 100.001, 'slower'],
    [null, 5_000, null],
  ] as const)('from %s ms to %s ms is %s by the defaults of a fifth and 100 ms', (from, to, speed) => {
    expect(diff([step('a', { took: from })], [step('a', { took: to })]).steps[0]?.changes?.speed ?? null).toBe(speed)
  })

  test('takes thresholds of the caller, and refuses what is none', () => {
    const [a, b] = [[step('a', { took: 10 })], [step('a', { took: 11 })]]
    expect(diff(a, b, { slowerBy: 0, slowerByMs: 0 }).steps[0]?.changes).toMatchObject({ speed: 'slower', delta_ms: 1 })
    for (const bad of [-1, Number.NaN]) expect(() => diff(a, b, { slowerBy: bad })).toThrow(ResultsError)
  })

  test('compares the runs themselves', () => {
    const [a, b] = [run([], { outputs: { n: 1 } }), run([], { outcome: 'failed', error: error('no'), took: 1_000 })]
    expect(diffRuns(a, b)).toMatchObject({
      a: { id: a.run.id, outcome: 'success' },
      b: { error: { message: 'no' } },
      run: { outcome: true, error: true, speed: 'slower', delta_ms: 900 },
      first_divergence: { path: [], occurrences: [] },
    })
  })

  describe('the first divergence', () => {
    const first = (a: StepNode[], b: StepNode[]) => diff(a, b).first_divergence?.path.join('>')

    test('is the step below that changed, not the parent that followed it', () => {
      const a = [step('load', { ordinal: 1, steps: [step('x', { ordinal: 2 }), step('y', { ordinal: 3 })] })]
      const b = [
        failing('load', 'no', { ordinal: 1, steps: [step('x', { ordinal: 2 }), failing('y', 'no', { ordinal: 3 })] }),
      ]
      expect(first(a, b)).toBe('load>y')
    })

    test('is the parent when it was called with something else', () => {
      const tree = (n: number) => [
        step('load', { ordinal: 1, inputs: n, steps: [step('x', { ordinal: 2, outputs: n })] }),
      ]
      expect(first(tree(1), tree(2))).toBe('load')
    })

    test('is the one that started first, in another branch too', () => {
      const tree = (n: number) => [
        step('p', { ordinal: 1, steps: [step('late', { ordinal: 4, outputs: n })] }),
        step('q', { ordinal: 2, steps: [step('early', { ordinal: 3, outputs: n })] }),
      ]
      expect(first(tree(1), tree(2))).toBe('q>early')
    })

    test('is the first in the tree when nobody numbered the steps', () => {
      const tree = (n: number) => [step('b', { outputs: n }), step('a', { outputs: n })]
      expect(first(tree(1), tree(2))).toBe('b')
    })

    test('is not a step that was only slower', () => {
      expect(first([step('a', { took: 1 })], [step('a', { took: 9_999 })])).toBeUndefined()
    })
  })

  test('is the same the other way round, and never with itself, for any two trees', () => {
    const tree: fc.Memo<StepNode> = fc.memo((depth) =>
      fc
        .record({
          name: fc.constantFrom('a', 'b', 'c'),
          took: fc.option(fc.integer({ min: 0, max: 1_000 })),
          ordinal: fc.option(fc.integer({ min: 1, max: 20 })),
          outcome: fc.constantFrom('success' as const, 'failed' as const),
          outputs: fc.constantFrom(1, 2),
          steps: depth > 1 ? fc.array(tree(), { maxLength: 4 }) : fc.constant<StepNode[]>([]),
        })
        .map(({ name, ...parts }) => step(name, parts)),
    )
    const forest = fc.array(tree(3), { maxLength: 6 })
    fc.assert(
      fc.property(forest, forest, (x, y) => {
        const [a, b] = [run(x), run(y)]
        expect(mirror(diffRuns(b, a))).toEqual(diffRuns(a, b))
        expect(diffRuns(a, a)).toMatchObject({ steps: [], run: null, first_divergence: null })
        const count = ({ steps, unchanged }: RunDiff) => steps.length + unchanged
        const added = diffRuns(a, b).steps.filter(({ kind }) => kind === 'added').length
        expect(count(diffRuns(a, b)) - added).toBe(count(diffRuns(a, a)))
      }),
    )
  })
})

function mirror(diff: RunDiff): RunDiff {
  const flip = { added: 'removed', removed: 'added', changed: 'changed', slower: 'faster', faster: 'slower' } as const
  const turn = (changes: RunDiff['run']): RunDiff['run'] =>
    changes && {
      ...changes,
      speed: changes.speed && flip[changes.speed],
      delta_ms: changes.delta_ms === null ? null : 0 - changes.delta_ms,
      inputs: changes.inputs && { ...changes.inputs, changes: changes.inputs.changes.map(swap) },
      outputs: changes.outputs && { ...changes.outputs, changes: changes.outputs.changes.map(swap) },
    }
  return {
    ...swap(diff),
    run: turn(diff.run),
    steps: diff.steps.map((each) => ({ ...swap(each), kind: flip[each.kind], changes: turn(each.changes) })),
  }
}

function swap<T extends { a: unknown; b: unknown }>(both: T): T {
  return { ...both, a: both.b, b: both.a }
}
