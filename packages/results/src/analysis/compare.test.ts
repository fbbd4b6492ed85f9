import { describe, expect, it } from 'vitest'
import type { StatusRow } from '../core/document.js'
import { readGolden } from '../statuses/golden.testsuite.js'
import { compareRuns, createComparison, formatTrend, type RunComparison, trendWord } from './compare.js'
import { once, row } from './rows.testsuite.js'

interface Counts {
  success: number
  failed: number
  running?: number
}

function toRun({ success, failed, running = 0 }: Counts): StatusRow[] {
  const rows = (length: number, status: string, title: string): StatusRow[] =>
    Array.from({ length }, (_, index) => row({ status, title: `${title}${index}` }))
  return [...rows(success, 'success', 'ok'), ...rows(failed, 'failed', 'bad'), ...rows(running, 'running', 'on')]
}

describe('the comparison of runs', () => {
  type Case = { input: { runs: Counts[] }; output?: RunComparison; trend_line: string | null; decision?: number }
  const cases = readGolden<Case>('s0-compare-runs')

  it.each(cases)('S0.27 is that of the original: case %#', ({ input, output, trend_line }) => {
    const comparison = compareRuns(once(input.runs.map((run) => once(toRun(run)))))
    const empty: RunComparison = {
      run_count: 0,
      average_steps: 0,
      success_rates: [],
      most_reliable_steps: {},
      least_reliable_steps: {},
      improvement_trend: null,
    }
    expect(comparison).toEqual(output ?? empty)
    expect(formatTrend(comparison.improvement_trend)).toBe(trend_line ?? null)
  })

  it('S0.27 the word and the number of a trend', () => {
    expect([0.04, -0.04, 12.25, -12.25, 0, null].map(formatTrend)).toEqual([
      'improving (+0.0%)',
      'declining (-0.0%)',
      'improving (+12.2%)',
      'declining (-12.2%)',
      null,
      null,
    ])
    expect([1, -1, 0, null].map(trendWord)).toEqual(['improving', 'declining', null, null])
  })

  it('S0.27 what ran out of time counts as failed', () => {
    const run = { statuses: [row({ status: 'timed_out', title: 'slow' }), row({ title: 'quick' })] }
    expect(compareRuns([run])).toMatchObject({ success_rates: [50], least_reliable_steps: { slow: 1 } })
  })

  it('S0.27 runs may be added one by one', () => {
    const runs = [toRun({ success: 1, failed: 1 }), toRun({ success: 2, failed: 0 }), toRun({ success: 0, failed: 3 })]
    const comparison = createComparison()
    for (const [index, run] of runs.entries()) {
      comparison.add(run)
      expect(comparison.result()).toEqual(compareRuns(runs.slice(0, index + 1)))
    }
  })
})
