import { expect, expectTypeOf, test } from 'vitest'
import { continueRun } from './carrier.js'
import type { RunHandle, StepHandle } from './handle.js'
import { runStep, runWorkflow } from './run.js'
import { type StartedRun, type StartedStep, startStep, startWorkflow } from './start.js'
import { trackStep, trackWorkflow } from './track.js'

// What is said here is checked by the compiler; running it shows no more.
test('a wrapped function has the type that the contract says', () => {
  const optional = (n: number, text = 'x') => n + text.length
  expectTypeOf(trackStep('a', optional)).toEqualTypeOf(optional)
  const optioned = trackStep('a', { title: 't', signal: AbortSignal.abort() }, (n: number) => n)
  expectTypeOf(optioned).toEqualTypeOf<(n: number) => number>()
  const retried = trackStep('a', { retry: 3 }, (n: number) => n)
  expectTypeOf(retried).parameters.toEqualTypeOf<[n: number]>()
  expectTypeOf(retried).returns.toEqualTypeOf<Promise<number>>()
  const slow = trackStep('a', { timeout: '30s' }, async (n: number) => `${n}`)
  expectTypeOf(slow).toEqualTypeOf<(n: number) => Promise<string>>()
  const generic = trackStep('a', <T>(value: T): T => value)
  expectTypeOf(generic<'x'>).returns.toEqualTypeOf<'x'>()
  function of(this: Date, n: number) {
    return this.getTime() + n
  }
  expectTypeOf(trackStep('a', of)).thisParameter.toEqualTypeOf<Date>()
  const generator = function* (n: number) {
    yield n
    return 'x'
  }
  expectTypeOf(trackWorkflow('a', generator)).toEqualTypeOf(generator)
  const asynchronous = async function* () {
    yield 1
  }
  expectTypeOf(trackWorkflow('a', { version: '1' }, asynchronous)).toEqualTypeOf(asynchronous)
})

test('options know the arguments of the function', () => {
  trackStep(
    'a',
    {
      target: (url) => {
        expectTypeOf(url).toEqualTypeOf<string>()
        return url
      },
    },
    (url: string) => url,
  )
  trackWorkflow('a', { runId: (day) => day, attributes: (day) => ({ day }) }, async (day: string) => day)
  // @ts-expect-error a number is no text
  trackStep('a', { target: (n) => n }, (n: number) => n)
  // @ts-expect-error version is an option of workflows
  expect(() => trackStep('a', { version: '1' }, () => 1)).toThrow('version')
})

test('runX gives what its function gives', () => {
  expectTypeOf(runStep('a', () => 1)).toEqualTypeOf<number>()
  expectTypeOf(runStep('a', async (step) => step)).toEqualTypeOf<Promise<StepHandle>>()
  expectTypeOf(runWorkflow('a', { title: 't' }, (run) => run)).toEqualTypeOf<RunHandle>()
  expectTypeOf(runStep('a', { retry: 1 }, () => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(continueRun({}, () => 1)).toEqualTypeOf<number>()
})

test('startX gives a handle that can be disposed', () => {
  const step = startStep('a')
  expectTypeOf(step).toEqualTypeOf<StartedStep>()
  expectTypeOf(step.run(() => 1)).toEqualTypeOf<number>()
  expectTypeOf(step).toExtend<Disposable & AsyncDisposable>()
  expectTypeOf(startWorkflow('a')).toEqualTypeOf<StartedRun>()
})
