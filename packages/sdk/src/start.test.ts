import { afterEach, describe, expect, test, vi } from 'vitest'
import { currentRun, currentStep } from './handle.js'
import { record } from './recording.testsuite.js'
import { runStep, runWorkflow } from './run.js'
import { startStep, startWorkflow } from './start.js'

const recorded = record()
afterEach(() => vi.useRealTimers())

describe('work that is started by hand', () => {
  test('gives its context to what it runs, and ends when it is told to', async () => {
    const run = startWorkflow('job', { runId: 'r1', capture: true })
    expect(run).toMatchObject({ name: 'job', runId: 'r1', active: true, attempt: 1 })
    expect(currentRun().active).toBe(false)
    await run.run(async () => {
      expect(currentRun().runKey).toBe(run.runKey)
      await null
      runStep('s', () => 1)
    })
    expect(recorded.spans().map((span) => span.name)).toEqual(['s'])
    run.succeed({ rows: 3 })
    expect(recorded.attributes('job')).toMatchObject({ 'runspan.outcome': 'success', 'runspan.outputs': '{"rows":3}' })
    expect(recorded.attributes('s')['runspan.run.key']).toBe(run.runKey)
  })

  test.each([
    ['fail', new Error('x'), 'failed'],
    ['fail', Object.assign(new Error('x'), { name: 'TimeoutError' }), 'timed_out'],
    ['fail', Object.assign(new Error('x'), { name: 'AbortError' }), 'cancelled'],
    ['skip', 'why', 'skipped'],
    ['cancel', 'why', 'cancelled'],
    ['succeed', undefined, 'success'],
  ] as const)('%s ends it once, as %s %s', (method, given, outcome) => {
    const step = startStep(`${method} ${outcome}`)
    ;(step[method] as (value: unknown) => void)(given)
    step.cancel('again')
    step[Symbol.dispose]()
    expect(recorded.spans().map((span) => span.attributes['runspan.outcome'])).toEqual([outcome])
    if (given === 'why') expect(recorded.spans()[0]?.attributes['runspan.outcome.reason']).toBe('why')
    expect(recorded.said.join()).toContain(`'${method} ${outcome}' was settled twice`)
  })

  test('disposed unsettled is cancelled with a warning', async () => {
    startStep('a')[Symbol.dispose]()
    await startStep('b')[Symbol.asyncDispose]()
    expect(recorded.spans().map((span) => span.attributes['runspan.outcome'])).toEqual(['cancelled', 'cancelled'])
    expect(recorded.said.filter((line) => line.includes('disposed before it was settled'))).toHaveLength(2)
  })

  test('has a time limit, which does not keep the process', () => {
    vi.useFakeTimers()
    const step = startStep('slow', { timeout: 10 })
    vi.advanceTimersByTime(10)
    expect(step.signal.aborted).toBe(true)
    const met = startStep('met', { timeout: 10 })
    met.succeed()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  test('cannot be tried again', () => {
    expect(() => startStep('s', { retry: 1 })).toThrow('started by hand')
  })
})

describe('a handle', () => {
  test('tells progress, warnings, attributes and skip', () => {
    const got = runStep('s', (step) => {
      step.progress(0.5)
      step.warn('odd, password=hunter2')
      step.set({ rows: 3, token: 'abc', list: ['a'], 'runspan.kind': 'x', bad: {} as never })
      step.skip('nothing to do')
      return 5
    })
    expect(got).toBe(5)
    expect(recorded.attributes('s')).toMatchObject({
      'runspan.progress': 0.5,
      'runspan.warnings': '["odd, password=[redacted]"]',
      'runspan.outcome': 'skipped',
      'runspan.outcome.reason': 'nothing to do',
      'runspan.kind': 'step',
      rows: 3,
      token: '[redacted]',
      list: ['a'],
    })
    expect(recorded.said).toHaveLength(2)
  })

  test('never throws, whatever it is given', () => {
    const hostile = new Proxy({}, { get: () => fail(), ownKeys: () => fail(), getPrototypeOf: () => fail() })
    runStep('s', (step) => {
      for (const given of [hostile, Symbol('x'), null, undefined, 5n, Number.NaN, -1, 2]) {
        step.progress(given as never)
        step.warn(given as never)
        step.set(given as never)
        step.skip(given as never)
      }
    })
    expect(recorded.attributes('s')['runspan.progress']).toBeUndefined()
  })

  test('keeps 100 warnings and counts the rest', () => {
    runStep('s', (step) => {
      for (let n = 0; n < 150; n += 1) step.warn(`w${n}`)
    })
    const warnings = JSON.parse(String(recorded.attributes('s')['runspan.warnings']))
    expect(warnings).toHaveLength(101)
    expect(warnings.at(-1)).toBe('50 more')
  })

  test('after its end is left out and counted', () => {
    const step = runStep('s', (handle) => handle)
    step.progress(1)
    step.set({ late: 1 })
    expect(recorded.attributes('s')).not.toHaveProperty('late')
    expect(recorded.said.filter((line) => line.includes('after its end'))).toHaveLength(2)
  })

  test('is the one around the caller, inert outside', () => {
    expect(currentStep()).toMatchObject({ active: false, id: '', name: '' })
    runWorkflow('w', (run) => {
      expect(currentRun()).toBe(run)
      expect(currentStep().active).toBe(false)
      runStep('s', (step) => {
        expect(currentStep()).toBe(step)
        expect(currentRun()).toBe(run)
      })
    })
    currentStep().warn('nobody')
    expect(recorded.spans()).toHaveLength(2)
  })
})

function fail(): never {
  throw new Error('hostile')
}

test('the methods of a handle may be taken out of it', () => {
  runStep('s', ({ progress, warn, set, skip }) => {
    progress(0.5)
    warn('odd')
    set({ own: 1 })
    skip('enough')
  })
  const { run, succeed } = startStep('t')
  expect(run(() => 1)).toBe(1)
  succeed()
  expect(recorded.attributes('s')).toMatchObject({
    'runspan.progress': 0.5,
    'runspan.warnings': '["odd"]',
    'runspan.outcome': 'skipped',
    own: 1,
  })
  expect(recorded.attributes('t')['runspan.outcome']).toBe('success')
})
