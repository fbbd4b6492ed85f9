import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createErrorClusters } from './clusters.js'
import { at, attempt, error, failing, HOSTILE, run, step } from './documents.testsuite.js'
import { errorFingerprint, maskMessage } from './fingerprint.js'

describe('the fingerprint of a message', () => {
  test.each([
    ['row 17 of 2.1e3 is bad', 'row -4 of 9 is bad'],
    ['no user 0b8a1f4e-9d2c-4c53-8a75-0f1f3a2b6c9d', 'no user 6F9619FF-8B86-D011-B42D-00CF4FC964FF'],
    ['at 0x7ffee4c0 in 9f86d081', 'at 0x10 in 1a2b3c4d'],
    ['ENOENT: /var/data/a.csv', 'ENOENT: /tmp/x/y/b2.json'],
    ['open C:\\data\\a.csv', 'open D:\\b\\c.csv'],
    ['at src/load.ts:41:13', 'at lib/other.js:7'],
    ['key "a b" is gone', 'key "zzz" is gone'],
    ["can't read 'x'", "can't read 'other thing'"],
    ['GET https://a.example/1?x=2 failed', 'GET http://b.example failed'],
    ['job 01ARZ3NDEKTSV4RRFFQ69G5FAV', 'job 01BX5ZZKBKACTAV9WEVGEMMVRZ'],
    ['a\n  b', 'a b'],
  ])('is the same for %j and %j', (a, b) => {
    expect(maskMessage(a)).toBe(maskMessage(b))
    expect(maskMessage(a)).not.toBe(a)
  })

  test('keeps the words that make the difference', () => {
    expect(maskMessage("can't read property")).toBe("can't read property")
    expect(maskMessage('connection refused')).not.toBe(maskMessage('connection reset'))
    expect(maskMessage('a bad decade')).toBe('a bad decade')
    expect(errorFingerprint(error('no', 'A'))).not.toBe(errorFingerprint(error('no', 'B')))
    expect(errorFingerprint({ type: null, message: null })).toBe('')
  })

  test('is well-formed and short for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.constantFrom(...HOSTILE)), (text) => {
        const print = errorFingerprint({ type: text, message: text })
        expect(print.isWellFormed()).toBe(true)
        // A mask may be longer than what it stands for: a digit becomes three characters.
        expect(print.length).toBeLessThan(3_600)
      }),
    )
  })

  test.each([
    '/'.repeat(1e6),
    'a/'.repeat(5e5),
    "'".repeat(1e6),
    '"a'.repeat(5e5),
    '1.'.repeat(5e5),
    'a1'.repeat(5e5),
    'a://'.repeat(3e5),
  ])('takes no longer for a text made to slow it down', (text) => {
    const start = performance.now()
    for (let i = 0; i < 20; i += 1) maskMessage(text)
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})

describe('error clusters', () => {
  test('count an error once, where it began, and name runs and steps', () => {
    const errors = createErrorClusters()
    const fail = (n: number) => failing('load', `row ${n}`, { steps: [failing('insert', `row ${n}`, { from: n })] })
    const first = run([fail(1)], { outcome: 'failed', error: error('row 1') })
    const last = run([fail(2)], { outcome: 'failed', error: error('row 2'), from: 1_000 })
    errors.add(last)
    errors.add(first)
    const { clusters, left_off } = errors.result()
    const other = createErrorClusters()
    other.add(first)
    other.add(last)
    expect(other.result().clusters).toEqual(clusters)
    expect(left_off).toBe(0)
    expect(clusters).toEqual([
      {
        fingerprint: 'TypeError: row <n>',
        type: 'TypeError',
        failures: 2,
        retries: 0,
        first_at: at(1),
        last_at: at(2),
        runs: [
          { key: last.run.key, id: last.run.id, started_at: at(1_000), message: 'row 2' },
          { key: first.run.key, id: first.run.id, started_at: at(0), message: 'row 1' },
        ],
        steps: [{ workflow: 'daily_import', path: ['load', 'insert'] }],
        more_steps: false,
      },
    ])
  })

  test('count a run that failed between its steps, and another error of a parent', () => {
    const errors = createErrorClusters()
    const parent = failing('load', 'wrapped', { steps: [failing('insert', 'cause')] })
    errors.add(run([parent], { outcome: 'failed', error: error('own') }))
    const found = errors.result().clusters.map(({ fingerprint, steps }) => [fingerprint, steps[0]?.path])
    expect(new Map(found as [string, string[]][])).toEqual(
      new Map([
        ['TypeError: cause', ['load', 'insert']],
        ['TypeError: wrapped', ['load']],
        ['TypeError: own', []],
      ]),
    )
  })

  test('count attempts that were followed by another apart, also in a step that passed', () => {
    const errors = createErrorClusters()
    errors.add(run([step('call', { attempts: [attempt(1, 'retry', 0, 5, 'slow'), attempt(2, 'success')] })]))
    errors.add(
      run([
        failing('call', 'slow', { attempts: [attempt(1, 'retry', 0, 5, 'slow'), attempt(2, 'failed', 6, 5, 'slow')] }),
      ]),
    )
    expect(errors.result().clusters).toMatchObject([{ fingerprint: 'TypeError: slow', failures: 1, retries: 2 }])
  })

  test('stay within their bounds, and count the rest', () => {
    const errors = createErrorClusters({ maxClusters: 2, maxSamples: 2 })
    for (const word of ['a', 'b', 'c', 'd']) {
      for (const name of ['x', 'y', 'z']) errors.add(run([failing(name, `${word} failed`)]))
    }
    const { clusters, left_off } = errors.result()
    expect(clusters).toHaveLength(2)
    expect(left_off).toBe(6)
    for (const cluster of clusters) {
      expect(cluster).toMatchObject({ failures: 3, more_steps: true })
      expect(cluster.runs).toHaveLength(2)
      expect(cluster.steps).toHaveLength(2)
    }
  })
})
