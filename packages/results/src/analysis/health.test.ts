import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readGolden } from '../statuses/golden.testsuite.js'
import { WorkflowResultManager } from '../statuses/manager.js'
import { createHealth, type HealthReport, healthReport, toHealthWord } from './health.js'
import { once } from './rows.testsuite.js'

const NOW = new Date('2026-11-21T09:30:00Z')
const WORDS: Readonly<Record<string, string>> = {
  s: 'success',
  f: 'failed',
  r: 'running',
  q: 'queued',
  c: 'cancelled',
  t: 'timed_out',
  i: 'interrupted',
}

function managerOf(letters: string): WorkflowResultManager {
  const manager = new WorkflowResultManager()
  for (const [index, letter] of [...letters].entries())
    manager.add(`${index}`, `T${index}`, WORDS[letter] as string, 'm')
  return manager
}

describe('the health report', () => {
  const cases = readGolden<{ input: string; output: HealthReport }>('s0-health')

  it.each(cases)('S0.34 S0.35 is that of the original: "$input"', ({ input, output }) => {
    const report = healthReport(once(managerOf(input)), { now: NOW })
    expect(report).toEqual({ ...output, timestamp: '2026-11-21T09:30:00.000Z' })
    expect(Object.keys(report)).toEqual(Object.keys(output))
  })

  it('S0.35 the words change at 50 and at 80 percent', () => {
    expect([0, 49.99, 50, 79.99, 80, 100].map(toHealthWord)).toEqual([
      'critical',
      'critical',
      'warning',
      'warning',
      'healthy',
      'healthy',
    ])
  })

  it('S0.35 what ran out of time or was interrupted counts as failed', () => {
    expect(healthReport(managerOf('stis'), { now: NOW })).toMatchObject({
      status: 'warning',
      metrics: { recent_failures: 2, success_rate: 50 },
    })
  })

  it('S0.34 rows added one by one give the report of them all', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[sfrqct]{0,20}$/), (letters) => {
        const health = createHealth()
        for (const status of managerOf(letters)) health.add(status)
        expect(health.report({ now: NOW })).toEqual(healthReport(managerOf(letters), { now: NOW }))
        expect(health.report({ now: NOW }).recent_executions).toHaveLength(Math.min(5, letters.length))
      }),
    )
  })
})
