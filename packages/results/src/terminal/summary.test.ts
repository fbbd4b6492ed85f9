import { describe, expect, it } from 'vitest'
import { ATTR } from '../core/attributes.js'
import { failedRun, type Sketch, toDocument } from './sample-run.testsuite.js'
import { factLines, summaryLines } from './summary.js'
import { textWidth } from './width.js'

const style = { width: 80, colour: false, utf8: true, base: '/srv/etl' }
const root: Sketch = { id: 500, kind: 'run', name: 'w', from: 0, to: 1310 }

describe('summaryLines', () => {
  it('name the failing step with its path, tries, code, message and the head of its stack', () => {
    expect(summaryLines(toDocument(failedRun()), style)).toEqual([
      '✗ daily_import v3 · 0041 · failed in 42.10 s',
      '  3 ok, 1 failed, 1 skipped, 2 retries, 1 warning',
      '  load > insert   attempt 3 of 3   E005   code 500',
      '  TypeError: x is not a function',
      '      at insert (src/load.ts:41:13)',
      '      2 more frames: in the document',
    ])
  })

  it('are one line for what came of it where there is room for 200 columns', () => {
    const [first] = summaryLines(toDocument(failedRun()), { ...style, width: 200 })
    expect(first).toBe('✗ daily_import v3 · 0041 · failed in 42.10 s · 3 ok, 1 failed, 1 skipped, 2 retries, 1 warning')
  })

  it('put the counts on a line of their own at 40 columns', () => {
    expect(summaryLines(toDocument(failedRun()), { ...style, width: 40 })).toEqual([
      '✗ daily_i… v3 · 0041 · failed in 42.10 s',
      '  3 ok, 1 failed, 1 skipped, 2 retries,…',
      '  load > insert   attempt 3 of 3   E005…',
      '  TypeError: x is not a function',
      '      at insert (src/load.ts:41:13)',
      '      2 more frames: in the document',
    ])
  })

  it('are one line for a run that went well', () => {
    const long = { [ATTR.runId]: '0193a5c2-77aa-7bbb-8ccc-0123456789ab' }
    const steps: Sketch[] = [
      { ...root, attributes: long },
      { id: 1, parent: 500, name: 'a', from: 0, to: 1 },
    ]
    expect(summaryLines(toDocument(steps), style)).toEqual([
      '✓ w v3 · 0193a5c2-77aa-7bbb-8ccc-0123456789ab · success in 1.31 s · 1 ok',
    ])
    expect(summaryLines(toDocument(steps), { ...style, width: 40 })[0]).toBe('✓ w v3 · 0193a…789ab · success in 1.31 s')
  })

  it('tell why a run failed when none of its steps did', () => {
    const attributes = { [ATTR.errorType]: 'RangeError', [ATTR.exceptionMessage]: 'no\nmore', [ATTR.errorCode]: 7 }
    expect(summaryLines(toDocument([{ ...root, outcome: 'failed', attributes }]), style)).toEqual([
      '✗ w v3 · 0041 · failed in 1.31 s',
      '  w   code 7',
      '  RangeError: no',
    ])
  })

  it('are the words of a run that goes on', () => {
    expect(summaryLines(toDocument([{ ...root, to: undefined }]), style)).toEqual(['● w v3 · 0041 · running'])
  })

  it.each([40, 80, 200])('are never wider than %d columns, and mask what data says', (width) => {
    const name = `\x1b[2J${'長い'.repeat(100)}`
    const attributes = {
      [ATTR.exceptionMessage]: `\u202e${'m'.repeat(500)}`,
      [ATTR.exceptionStacktrace]: `E\n    at ${name}`,
    }
    const step: Sketch = { id: 1, parent: 500, name, from: 0, to: 1, outcome: 'failed', attributes }
    const lines = summaryLines(toDocument([{ ...root, name, outcome: 'failed' }, step]), { ...style, width })
    for (const line of lines) {
      expect(textWidth(line)).toBeLessThanOrEqual(width)
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
    }
  })
})

describe('factLines', () => {
  it('put what is known into two columns', () => {
    expect(
      factLines([
        ['page', 'http://127.0.0.1:4318/run?id=4bf9'],
        ['document', 'results/daily_import/0041.json'],
      ]),
    ).toEqual(['page      http://127.0.0.1:4318/run?id=4bf9', 'document  results/daily_import/0041.json'])
  })
})
