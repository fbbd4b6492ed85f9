import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diffRuns } from '../insights/diff-runs.js'
import { attempt, error, failing, run, step } from '../insights/documents.testsuite.js'
import { textWidth } from '../terminal/width.js'
import { diffText } from './diff-text.js'
import { anyText, runOf } from './hostile.testsuite.js'

const before = run(
  [step('fetch'), step('load', { steps: [step('insert', { took: 3_200, outputs: { rows: 10 } })] }), step('end')],
  {
    id: '0040',
  },
)
const after = run(
  [
    step('fetch'),
    step('load', {
      steps: [
        failing('insert', 'x', {
          took: 20_110,
          attempts: [attempt(1, 'retry'), attempt(2, 'retry'), attempt(3, 'failed')],
          outputs: { rows: 12 },
          error: error('x is not a function'),
        }),
      ],
    }),
    step('audit', { steps: [step('a'), step('b')] }),
    step('end'),
  ],
  { id: '0041' },
)

describe('the text of a comparison', () => {
  test('tells what changed and where the runs part, the unchanged steps as a number', () => {
    expect(diffText(diffRuns(before, after), { width: 120 })).toBe(
      [
        'STEP           0040      0041       CHANGE',
        'load > insert  ✓ 3.20 s  ✗ 20.11 s  failed, +16.91 s, 2 retries, outputs (first divergence)',
        '  error: none → TypeError: x is not a function',
        '  outputs.rows: 10 → 12',
        'audit          -         ✓ 10 ms    added with 2 steps below',
        '3 steps unchanged (under 20 % or 100 ms)',
        '',
      ].join('\n'),
    )
  })

  test('fits its width, and never cuts the outcome', () => {
    for (const width of [40, 80, 200]) {
      const text = diffText(diffRuns(before, after), { width })
      for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width)
      expect(text).toContain('✗ 20.11 s')
    }
  })

  test('has no colour unless asked, and then around the outcome only', () => {
    const diff = diffRuns(before, after)
    expect(diffText(diff)).not.toContain('\x1b')
    const coloured = diffText(diff, { colour: true, width: 120 })
    expect(coloured).toContain('\x1b[31m✗ 20.11 s\x1b[39m')
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(diffText(diff, { width: 120 }))
  })

  test('without UTF-8 has words for signs', () => {
    const text = diffText(diffRuns(before, after), { utf8: false, width: 60 })
    expect(text).toMatch(/ok 3.20 s +FAIL 20.11 s/)
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
  })

  test('says nothing of time when it is the same', () => {
    const text = diffText(diffRuns(run([step('a')]), run([failing('a', 'no')])), { width: 120 })
    expect(text).toMatch(/a +✓ 10 ms +✗ 10 ms +failed \(first divergence\)\n/)
  })

  test('of equal runs is one line', () => {
    expect(diffText(diffRuns(before, before))).toBe('no change: 4 steps unchanged (under 20 % or 100 ms)\n')
  })

  test('ends with the run when it changed itself', () => {
    const slower = run([], { took: 1_100, id: 'a' })
    const text = diffText(diffRuns(run([], { id: 'b' }), slower, { slowerBy: 0.055 }))
    expect(text).toMatch(/run +✓ 100 ms +✓ 1.10 s +\+1.00 s\n0 steps unchanged \(under 5.5 % or 100 ms\)\n$/)
  })

  test('is as wide as asked and forges no line, whatever the names', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 60, max: 200 }), (x, y, width) => {
        const text = diffText(diffRuns(runOf(x), runOf(y)), { width })
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u)
        for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width)
      }),
    )
  })
})
