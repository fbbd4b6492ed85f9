import { configureRedaction, redactText } from '@runspan/results/core'
import { expect, test } from 'vitest'
import { currentStep } from './handle.js'
import { record } from './recording.testsuite.js'
import { runStep, runWorkflow } from './run.js'

const recorded = record()

const swallow = (error: unknown) => error

test('what fails by the same error repeats the code that its step gave it, through a run inside the run too', async () => {
  const failure = new Error('no')
  const given = await runWorkflow('outer', () =>
    runStep('around', () =>
      runWorkflow('inner', () => runStep('first', { errorCode: 42 }, () => Promise.reject(failure))),
    ),
  ).catch(swallow)
  expect(given).toBe(failure)
  const code = (name: string) => recorded.attributes(name)['runspan.error.code']
  expect(['first', 'inner', 'around', 'outer'].map(code)).toEqual([42, 42, 42, 42])
  expect(recorded.attributes('inner')['runspan.outcome.reason']).toBe("in step 'first' (0001)")
  expect(recorded.attributes('outer')['runspan.outcome.reason']).toBe("in step 'inner' (0002)")
})

test('an error that fails two runs is ascribed to a step of each', async () => {
  const shared = new Error('shared')
  for (const n of [1, 2]) {
    await runWorkflow(`run ${n}`, () => runStep(`step ${n}`, () => Promise.reject(shared))).catch(swallow)
  }
  expect(recorded.attributes('run 2')['runspan.outcome.reason']).toBe("in step 'step 2' (0001)")
})

test('a step around a whole run is not the step of the code in that run', () => {
  runStep('a', () => runWorkflow('inner', () => currentStep().skip('not me')))
  expect(recorded.attributes('a')['runspan.outcome']).toBe('success')
})

test('a redaction key without a letter or digit is left out, and never hangs', () => {
  try {
    configureRedaction({ keys: ['', '-', 'colour'] })
    expect(redactText('hello colour=red world')).not.toContain('red ')
    expect(redactText('hello world')).toBe('hello world')
  } finally {
    configureRedaction({ keys: [] })
  }
})
