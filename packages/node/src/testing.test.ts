import { existsSync } from 'node:fs'
import { runStep, runWorkflow } from '@runspan/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startRunspan } from './start-runspan.js'
import { assertStep, assertSucceeded, type CapturedRuns, captureRuns, runMatchers } from './testing.js'

expect.extend(runMatchers)

let runs: CapturedRuns
beforeEach(() => {
  runs = captureRuns()
})
afterEach(() => runs.stop())

const fail = () =>
  runWorkflow('etl', async () => {
    await runStep('extract', async () => {
      throw Object.assign(new Error('no such day'), { status: 400 })
    })
  }).catch(() => undefined)

test('runs are captured in memory, and nothing is written', async () => {
  await runWorkflow('etl', async () => {
    await runStep('extract', () => 1)
  })
  expect(runs.run().run.outcome).toBe('success')
  expect(runs).toHaveSucceeded()
  expect(runs).toHaveStep('extract', { outcome: 'success', errorCode: null })
  expect(existsSync('results/etl')).toBe(false)
  runs.clear()
  expect(runs.runs()).toEqual([])
})

test('a failed step is found by outcome and error code', async () => {
  await fail()
  expect(runs).not.toHaveSucceeded()
  expect(runs).toHaveStep('extract', { outcome: 'failed', errorCode: 400, errorMessage: /day/ })
  expect(runs).not.toHaveStep('load')
  assertStep(runs, 'extract', { outcome: 'failed' })
})

test('what differs is said so that one need not look further', async () => {
  await fail()
  expect(() => assertSucceeded(runs)).toThrow(
    "expected run 'etl' to have succeeded, but it is failed: no such day\nits steps:\n  extract  failed 400: no such day",
  )
  expect(() => assertStep(runs, 'extract', { outcome: 'success', errorCode: 500, errorMessage: 'day' })).toThrow(
    `expected run 'etl' to have a step 'extract' with outcome "success", errorCode 500, errorMessage "day"
  - outcome: "success"
  + outcome: "failed"
  - errorCode: 500
  + errorCode: 400
its steps:
  extract  failed 400: no such day`,
  )
  expect(() => expect(runs).toHaveStep('load')).toThrow("expected run 'etl' to have a step 'load'\nits steps:")
  expect(() => expect(runs).not.toHaveStep('extract')).toThrow("expected run 'etl' not to have a step 'extract'")
})

test('which run is meant must be clear', async () => {
  expect(() => runs.run()).toThrow('expected exactly one run; captured: nothing')
  await runWorkflow('a', async () => 1)
  await runWorkflow('b', async () => 1)
  expect(() => runs.run()).toThrow("expected exactly one run; captured: 'a' (success), 'b' (success)")
  expect(runs.run('b').run.name).toBe('b')
  expect(() => assertSucceeded({} as never)).toThrow('expected the document of a run')
})

test('one can wait for a run that was begun elsewhere', async () => {
  setImmediate(() => void runWorkflow('late', async () => 1))
  expect((await runs.waitFor('late')).run.outcome).toBe('success')
})

test('steps outside any run are captured too', () => {
  runStep('alone', () => 1)
  expect(runs.looseSteps().map((document) => document.statuses[0]?.title)).toEqual(['alone'])
})

test('a startRunspan() in the code under test changes nothing', async () => {
  const handle = startRunspan({ results: 'never-made' })
  await runWorkflow('etl', async () => 1)
  expect(runs.runs()).toHaveLength(1)
  expect(handle.status().problems).toEqual([])
  expect(existsSync('never-made')).toBe(false)
})

test('two captures at once are refused, one after another are not', async () => {
  expect(() => captureRuns()).toThrow(/found OpenTelemetry in use already/)
  await runs.stop()
  runs = captureRuns()
  await runWorkflow('etl', async () => 1)
  expect(runs).toHaveSucceeded()
})

test('when all tracking is switched off, that is said: nothing could ever be captured', async () => {
  await runs.stop()
  vi.stubEnv('RUNSPAN_DISABLED', '1')
  expect(() => captureRuns()).toThrow(/RUNSPAN_DISABLED or OTEL_SDK_DISABLED is on; unset it/)
  vi.unstubAllEnvs()
  runs = captureRuns()
})

test('a pattern finds the same each time, and a misspelt expectation is an error, also behind not', async () => {
  await fail()
  const errorMessage = /day/g
  for (let n = 0; n < 3; n += 1) expect(runs).toHaveStep('extract', { errorMessage })
  expect(() => expect(runs).not.toHaveStep('extract', { outcom: 'failed' } as never)).toThrow(
    /a step has no outcom; expect/,
  )
  expect(() => assertSucceeded({ statuses: [] } as never)).toThrow('expected the document of a run')
})

test('what is said of a large run stays readable, and a terminal obeys nothing in it', async () => {
  await runWorkflow('etl', async () => {
    for (let n = 0; n < 400; n += 1) await runStep(`s${n}`, () => n)
    await runStep('last', async () => {
      throw new Error(`${'long '.repeat(1_000)}\u001b[31m`)
    })
  }).catch(() => undefined)
  const { message } = runMatchers.toHaveSucceeded(runs)
  expect(message().length).toBeLessThan(4_000)
  expect(message()).toMatch(
    /^expected run 'etl' to have succeeded, but it is failed: (long )+.*…\nits steps:\n {2}s0 {2}success\n/,
  )
  expect(message()).toMatch(/\n {2}… and 351 more$/)
  expect(message()).not.toContain('\u001b')
})
