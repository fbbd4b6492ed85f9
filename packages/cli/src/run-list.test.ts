import type { RunSummary } from '@runspan/collector'
import { textWidth } from '@runspan/results/terminal'
import { describe, expect, test } from 'vitest'
import { tableLines, toPipeLine } from './run-list.js'

const run = (more: Partial<RunSummary>): RunSummary => ({
  key: `${'4bf9'.repeat(8)}-${'a1'.repeat(8)}`,
  run_id: '0041',
  workflow: 'daily_import',
  version: '3',
  outcome: 'success',
  started_at: '2026-11-20T10:03:10.000000000Z',
  ended_at: '2026-11-20T10:03:52.100000000Z',
  duration_ms: 42_100,
  steps: { known: 14, finished: 14, failed: 0, retries: 0 },
  error: null,
  ...more,
})

const RUNS = [
  run({ outcome: 'failed', steps: { known: 14, finished: 12, failed: 1, retries: 2 }, error: 'x is not a function' }),
  run({ run_id: '0192f0c4-7a8e-7cc3-98c4-dc0c0c07398f', workflow: '漢字の仕事', version: null }),
  run({
    run_id: null,
    outcome: 'running',
    steps: null,
    ended_at: null,
    duration_ms: null,
    workflow: 'evil\u001b[2J\nname\u202e',
  }),
]

describe('the table of runs', () => {
  test.each([40, 80, 200])(
    'fits %i columns, keeps the outcome whole, and lets nothing through that is no text',
    (width) => {
      for (const utf8 of [true, false]) {
        const lines = tableLines(RUNS, { width, utf8, colour: false })
        expect(lines).toHaveLength(4)
        for (const line of lines) {
          expect(textWidth(line), line).toBeLessThanOrEqual(width)
          expect(line).not.toMatch(/[\u0000-\u001f\u202e]/)
        }
        expect(lines[1]).toContain(utf8 ? '✗ failed' : 'FAIL')
      }
    },
  )

  test('at 128 columns it shows every column, the error last', () => {
    expect(
      tableLines(RUNS, { width: 128, utf8: true, colour: false }).map((line) =>
        line.replace(/20 Nov \d\d:03:10 .\d\d:\d\d/, '20 Nov hh:03:10 +oo:oo'),
      ),
    ).toEqual([
      'OUTCOME    WORKFLOW                  RUN                     STEPS     STARTED                 DURATION  ERROR',
      '✗ failed   daily_import v3           0041                    12/14 r2  20 Nov hh:03:10 +oo:oo  42.10 s   x is not a function',
      '✓ success  漢字の仕事                0192f0c4-7a…0c0c07398f  14/14     20 Nov hh:03:10 +oo:oo  42.10 s',
      '● running  evil\\x1b[2J\\x0aname\\u20…  4bf94bf94bf…a1a1a1a1a1  -         20 Nov hh:03:10 +oo:oo  -',
    ])
  })
})

test('in a pipe a run is one line of full values, whatever is in them', () => {
  for (const each of RUNS) expect(toPipeLine(each).split('\t')).toHaveLength(7)
  expect(toPipeLine(RUNS[1]!)).toContain(
    '0192f0c4-7a8e-7cc3-98c4-dc0c0c07398f\t14/14\t2026-11-20T10:03:10.000000000Z\t42100',
  )
  expect(toPipeLine(RUNS[2]!)).not.toMatch(/[\n\u001b]/)
})
