import { describe, expect, it } from 'vitest'
import type { StatusRow } from '../core/document.js'
import { readGolden } from '../statuses/golden.testsuite.js'
import { WorkflowResultManager } from '../statuses/manager.js'
import { parseDocument } from '../statuses/read.js'
import type { StatusFields } from '../statuses/status.js'
import { WorkflowExecutionStatus } from '../statuses/status.js'
import { analyze, createAnalysis, type FailureAnalysis, MAX_STACKTRACES } from './analyze.js'
import { MAX_DISTINCT } from './counter.js'
import { rowsOfAll } from './row-source.js'
import { once, row } from './rows.testsuite.js'
import { textReport } from './text-report.js'

const NOW = new Date(2026, 0, 2, 3, 4, 5)

function sectionOf(text: string, heading: string): string[] {
  const [, section = ''] = text.split(`${heading}:\n`)
  return section.split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

describe('the failure analysis and its text', () => {
  const cases = readGolden<{ input: StatusFields[]; output: FailureAnalysis; report: string }>('s0-failure-analysis')

  it.each(cases)('S0.22 S0.25 S0.26 is that of the original: case %#', ({ input, output, report }) => {
    const manager = new WorkflowResultManager()
    for (const fields of input) manager.addStatus(new WorkflowExecutionStatus(fields))
    const analysis = analyze(once(manager))
    expect(analysis).toEqual(output)
    expect(textReport(analysis, { now: NOW })).toBe(report.replace('<YYYY-MM-DD HH:MM:SS>', '2026-01-02 03:04:05'))
  })

  it('S0.25 what ran out of time or was interrupted has failed too; retries and cancelled steps have not', () => {
    const words = ['failed', 'timed_out', 'interrupted', 'cancelled', 'skipped', 'retry', 'running', 'success']
    const analysis = analyze(words.map((status) => row({ status, title: status })))
    expect(analysis).toMatchObject({ total_executions: 8, failure_count: 3, success_count: 1, success_rate: 25 })
    expect(Object.keys(analysis.failure_by_title)).toEqual(['failed', 'timed_out', 'interrupted'])
  })

  it('S0.25 reads a document, rows, a manager, or the rows of many runs', () => {
    const rows = [row({ status: 'failed' }), row({})]
    const document = parseDocument(rows)
    expect(analyze(document)).toEqual(analyze(rows))
    expect(analyze(rowsOfAll([document, rows]))).toMatchObject({ total_executions: 4, failure_count: 2 })
  })

  it('S0.25 rows may be added one by one, and the result asked for in between', () => {
    const rows = [row({ status: 'failed', error_code: 3 }), row({}), row({ status: 'failed', error_code: 3 })]
    const analysis = createAnalysis()
    const between = rows.map((one, index) => {
      analysis.add(one)
      expect(analysis.result()).toEqual(analyze(rows.slice(0, index + 1)))
      return analysis.result()
    })
    expect(between.map((result) => result.error_codes)).toEqual([{ 3: 1 }, { 3: 1 }, { 3: 2 }])
  })

  it('S0.25 titles that are names of an object are counted like any other', () => {
    const titles = ['__proto__', 'constructor', '__proto__', 'toString']
    const { failure_by_title: counts } = analyze(titles.map((title) => row({ status: 'failed', title })))
    expect(Object.entries(counts)).toEqual([
      ['__proto__', 2],
      ['constructor', 1],
      ['toString', 1],
    ])
    expect(Object.getPrototypeOf(counts)).toBe(Object.prototype)
  })

  it('S0.26 equal counts keep their first-seen order, also of names that look like numbers', () => {
    const titles = ['9', 'b', '10', '1', 'b', '10']
    const text = textReport(analyze(titles.map((title) => row({ status: 'failed', title, mode: title }))), { now: NOW })
    for (const heading of ['FAILURES BY STEP', 'FAILURES BY MODE']) {
      expect(sectionOf(text, heading)).toEqual([
        '- b: 2 failures',
        '- 10: 2 failures',
        '- 9: 1 failures',
        '- 1: 1 failures',
      ])
    }
  })

  it('S0.26 an analysis that went through JSON is reported too', () => {
    const analysis = analyze([row({ status: 'failed', error_code: 5, error_message: 'a: b' })])
    const copy = JSON.parse(JSON.stringify(analysis)) as FailureAnalysis
    expect(textReport(copy, { now: NOW })).toBe(textReport(analysis, { now: NOW }))
  })

  it('S0.26 the rate has one decimal, an exact half going to the even digit', () => {
    const rows = (good: number, bad: number): StatusRow[] => [
      ...Array.from({ length: good }, () => row({})),
      ...Array.from({ length: bad }, () => row({ status: 'failed' })),
    ]
    const rate = (good: number, bad: number): string | undefined =>
      /Success rate: (.*)/.exec(textReport(analyze(rows(good, bad)), { now: NOW }))?.[1]
    expect([rate(1, 15), rate(3, 13), rate(9, 7), rate(2, 1), rate(1, 0)]).toEqual([
      '6.2%',
      '18.8%',
      '56.2%',
      '66.7%',
      '100.0%',
    ])
  })

  it('S0.25 memory is bounded: what is beyond the limits is counted, not kept', () => {
    const analysis = createAnalysis()
    const count = MAX_DISTINCT + 5
    const failed = { ...row({ status: 'failed', stacktrace: 's', error_code: 1, mode: 'm' }) }
    for (let i = 0; i < count; i += 1) analysis.add({ ...failed, title: `t${i}`, error_message: `e${i}: x` })
    const result = analysis.result()
    expect(Object.keys(result.failure_by_title)).toHaveLength(MAX_DISTINCT)
    expect(result.steps_with_stacktraces).toHaveLength(MAX_STACKTRACES)
    expect(result).toMatchObject({ failure_count: count, failure_by_mode: { m: count } })
    expect(result.left_out).toEqual({
      error_codes: 0,
      failure_by_mode: 0,
      failure_by_title: 5,
      common_error_messages: 5,
      steps_with_stacktraces: count - MAX_STACKTRACES,
    })
    expect(textReport(result, { now: NOW })).toContain(`STEPS WITH DETAILED STACKTRACES: ${count}\n`)
  })

  it('S0.25 long texts are counted by a part of them', () => {
    const long = 'x'.repeat(100_000)
    const analysis = analyze([row({ status: 'failed', title: long, error_message: long, stacktrace: long })])
    expect(JSON.stringify(analysis).length).toBeLessThan(20_000)
  })
})
