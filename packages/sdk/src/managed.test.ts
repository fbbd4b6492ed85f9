import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { currentStep } from './handle.js'
import { record } from './recording.testsuite.js'
import { runStep, runWorkflow } from './run.js'
import { TimeoutError } from './timeout-error.js'
import { trackStep } from './track.js'

const recorded = record()
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})
const outcomes = () =>
  recorded
    .spans()
    .map((span) => `${span.name} ${span.attributes['runspan.kind']} ${span.attributes['runspan.outcome']}`)
const abortError = () => Object.assign(new Error('stop'), { name: 'AbortError' })

interface Case {
  input: {
    workflow_name: string
    steps: { id: string; name: string; mode?: string; max_retries?: number; outcomes: string[] }[]
  }
  error?: { message: string }
  statuses: { stacktrace: unknown }[]
  sleeps: number[]
}
const golden = JSON.parse(readFileSync(new URL('../../../test/golden/s0-tracker.json', import.meta.url), 'utf8')) as {
  cases: Case[]
}

/** What an outcome of the golden file stands for: a text that is returned, or an error of that class. */
function play(told: string): string {
  const [, kind, rest] = /^!(\w+):(.*)$/.exec(told) ?? []
  if (kind === undefined || rest === undefined) return told
  const [errno, text] = rest.split(/:(.*)/)
  if (kind !== 'errno') throw Object.assign(new Error(rest), { name: kind })
  throw Object.assign(new Error(`[Errno ${errno}] ${text}`), { errno: -Number(errno), code: 'ENOENT' })
}

describe('S0.16 S0.17 S0.18 S0.19 retry makes the rows of the retrying step tracker', () => {
  test.each(golden.cases.map((one, n) => [n, one] as const))(
    'case %i',
    async (_n, { input, statuses, sleeps, error }) => {
      vi.useFakeTimers()
      const waits: number[] = []
      const setTimer = vi.spyOn(globalThis, 'setTimeout')
      const run = runWorkflow(input.workflow_name, async () => {
        for (const { id, name, mode, max_retries: maxRetries = 3, outcomes: told } of input.steps) {
          const last = told.at(-1) as string
          const target = last.startsWith('!') ? null : last
          await runStep(name, { id, mode, target, retry: { maxRetries } }, (step) =>
            play(told[step.attempt - 1] as string),
          )
        }
      }).catch((thrown: unknown) => thrown)
      await vi.runAllTimersAsync()
      const thrown = await run
      for (const [, ms] of setTimer.mock.calls) waits.push((ms ?? 0) / 1000)
      expect(waits).toEqual(sleeps)
      expect((thrown as Error | undefined)?.message).toBe(error?.message)
      const rows = recorded.document().statuses.filter((row) => row.run_id !== '0000')
      const bare = (row: { stacktrace: unknown }) => ({ ...row, stacktrace: row.stacktrace !== null })
      expect(rows.map(bare)).toEqual(statuses.map(bare))
    },
  )
})

describe('a retry', () => {
  test('opens an attempt for every try, the code sees its number, and the step is clean in the end', async () => {
    const seen: number[] = []
    const flaky = trackStep('flaky', { retry: { maxRetries: 3, delay: 0 } }, () => {
      seen.push(currentStep().attempt)
      if (seen.length < 3) throw new Error('busy')
      return 'ok'
    })
    expect(await flaky()).toBe('ok')
    expect(seen).toEqual([1, 2, 3])
    expect(outcomes()).toEqual([
      'flaky attempt retry',
      'flaky attempt retry',
      'flaky attempt success',
      'flaky step success',
    ])
    const [first, , , step] = recorded.spans()
    expect(first?.attributes).toMatchObject({ 'runspan.attempt': 1, 'runspan.ordinal': 1, 'exception.message': 'busy' })
    expect(first?.status.code).toBe(2)
    expect(step?.status.code).toBe(0)
    expect(step?.attributes['error.type']).toBeUndefined()
  })

  test('whose tries are used up is E005, and one that is not worth another is not', async () => {
    const fault = new Error('no')
    const always = (options: object) =>
      runStep('s', { retry: { maxRetries: 1, delay: 0, ...options } }, () => Promise.reject(fault))
    await expect(always({})).rejects.toBe(fault)
    expect(recorded.attributes('s', 'step')['runspan.error.category']).toBe('E005')
    recorded.spans().length = 0
    await expect(always({ when: () => false })).rejects.toBe(fault)
    expect(outcomes()).toEqual(['s attempt failed', 's step failed'])
    expect(recorded.attributes('s', 'step')['runspan.error.category']).toBe('E003')
    await expect(always({ when: () => fail() })).rejects.toBe(fault)
    await expect(runStep('a', { retry: 5 }, () => Promise.reject(abortError()))).rejects.toThrow('stop')
    expect(outcomes().at(-1)).toBe('a step cancelled')
  })

  test('of a sync function gives a promise; steps in a try belong to it', async () => {
    await runWorkflow('w', async () => {
      const got = runStep('s', { retry: 1 }, () => runStep('in', () => 5))
      expect(got).toBeInstanceOf(Promise)
      expect(await got).toBe(5)
    })
    const [inner, attempt] = recorded.spans()
    expect(inner?.attributes['runspan.parent.id']).toBe(attempt?.spanContext().spanId)
    expect(recorded.document().steps[0]?.steps[0]).toMatchObject({ name: 'in', in_attempt: 1 })
  })

  test('waits no longer than its signal, with its reason, and leaves no timer behind', async () => {
    vi.useFakeTimers()
    const controller = new AbortController()
    const reason = new Error('enough')
    const waiting = runStep('s', { retry: {}, signal: controller.signal }, () => Promise.reject(new Error('x')))
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(1)
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
    expect(outcomes().at(-1)).toBe('s step cancelled')
  })
})

describe('a timeout', () => {
  test('aborts the signal that the step sees, then settles; what is late is dropped and counted', async () => {
    let signal: AbortSignal | undefined
    let finish: (value: number) => void = () => {}
    const slow = trackStep('slow', { timeout: 5 }, () => {
      signal = currentStep().signal
      return new Promise<number>((resolve) => {
        finish = resolve
      })
    })
    await expect(slow()).rejects.toThrow(new TimeoutError('slow', 5))
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError' })
    expect(recorded.attributes('slow')).toMatchObject({
      'runspan.outcome': 'timed_out',
      'runspan.error.category': 'E002',
    })
    finish(1)
    await sleep(0)
    expect(recorded.said.join()).toContain("'slow' went on after its timeout")
    expect(outcomes()).toEqual(['slow step timed_out'])
  })

  test('that is met leaves no timer behind, and counts all tries together', async () => {
    vi.useFakeTimers()
    const quick = runStep('s', { timeout: '1h' }, async () => 1)
    expect(await quick).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
    const tried = runStep('t', { timeout: '2s', retry: { maxRetries: 9 } }, () => Promise.reject(new Error('x'))).catch(
      (e: unknown) => e,
    )
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await tried).toBeInstanceOf(TimeoutError)
    expect(outcomes().slice(1)).toEqual(['t attempt retry', 't attempt retry', 't step timed_out'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('of a run reaches its steps, whose own word for a stop is then a time-out too', async () => {
    const flow = runWorkflow('w', { timeout: 5 }, () =>
      runStep('s', async ({ signal }) => {
        await sleep(10_000, undefined, { signal })
      }),
    )
    await expect(flow).rejects.toThrow(TimeoutError)
    await sleep(0)
    expect(outcomes().sort()).toEqual(['s step timed_out', 'w run timed_out'])
  })
})

describe('a signal', () => {
  test('of the run and of the step both stop the step', async () => {
    const [ofRun, ofStep] = [new AbortController(), new AbortController()]
    await runWorkflow('w', { signal: ofRun.signal }, async () => {
      const signals = runStep('own', { signal: () => ofStep.signal }, (step) => step.signal)
      ofRun.abort(new Error('run'))
      expect(signals.aborted).toBe(true)
      expect(runStep('inherits', (step) => step.signal.reason)).toBe(ofRun.signal.reason)
    })
  })

  test('makes what its reason or an AbortError ends cancelled, with the reason', async () => {
    const controller = new AbortController()
    controller.abort(new Error('user left'))
    const step = trackStep('s', { signal: controller.signal }, async () => {
      controller.signal.throwIfAborted()
    })
    await expect(step()).rejects.toThrow('user left')
    expect(recorded.attributes('s')).toMatchObject({
      'runspan.outcome': 'cancelled',
      'runspan.outcome.reason': 'user left',
    })
    expect(recorded.spans()[0]?.status.code).toBe(0)
    await expect(runStep('managed', { retry: 1, signal: controller.signal }, () => 1)).rejects.toThrow('user left')
    await expect(runStep('other', () => Promise.reject(new Error('own')))).rejects.toThrow('own')
    expect(outcomes()).toEqual([
      's step cancelled',
      'managed attempt cancelled',
      'managed step cancelled',
      'other step failed',
    ])
  })
})

function fail(): never {
  throw new Error('when')
}
