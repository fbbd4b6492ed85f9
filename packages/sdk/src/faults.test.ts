import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { continueRun, headers } from './carrier.js'
import { createFaults, type Faults, Injected, registerFaulty } from './fault-boundaries.testsuite.js'
import { currentRun, currentStep } from './handle.js'
import { runStep, runWorkflow } from './run.js'
import { startStep } from './start.js'
import { trackStep, trackWorkflow } from './track.js'

const MAX_CALLS = 50
const boom = new Error('the code’s own')
const unhandled: unknown[] = []
const listen = (reason: unknown) => unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', listen))
afterAll(() => void process.off('unhandledRejection', listen))

/** Every way to be wrapped; tells what the code and its callers saw. */
async function work(faults: Faults): Promise<unknown[]> {
  const seen: unknown[] = []
  const note = (what: unknown) => void seen.push(what)
  const option =
    <T>(name: string, value: T) =>
    () => {
      faults.cross(`option ${name}`)
      return value
    }
  const settled = (name: string, got: Promise<unknown>) =>
    got.then(
      (value) => note([name, value]),
      (error) => note([name, 'rejected', error === boom || (error as Error).name]),
    )
  const controller = new AbortController()
  const options = {
    target: option('target', 'there'),
    attributes: option('attributes', { mine: 1 }),
    signal: option('signal', controller.signal),
    capture: true,
    errorCode: option('errorCode', 7),
  }
  const flow = trackWorkflow(
    'flow',
    { ...options, runId: option('runId', 'r'), inputs: option('inputs', [1]), semconv: ['cicd'] },
    async () => {
      note(trackStep('sync', options, (a: number) => a + 1)(1))
      try {
        trackStep('throws', options, () => {
          note('called once')
          throw boom
        })()
      } catch (error) {
        note(error === boom)
      }
      await settled('async', trackStep('async', options, async () => runStep('nested', () => 5))())
      await settled(
        'rejects',
        runStep('rejects', async () => Promise.reject(boom)),
      )
      const handle = runStep('handle', (step) => {
        step.progress(0.5)
        step.warn('odd')
        step.set({ a: 1 })
        step.skip('why')
        currentRun().warn('run')
        currentStep().progress(1)
        return step
      })
      handle.warn('late')
      let tries = 0
      const when = option('when', true)
      await settled(
        'retry',
        runStep('retry', { retry: { maxRetries: 2, delay: 0, when } }, () => {
          tries += 1
          note('tried')
          if (tries === 1) throw boom
          return tries
        }),
      )
      await settled(
        'used up',
        runStep('used', { retry: { maxRetries: 1, delay: 0 } }, () => Promise.reject(boom)),
      )
      await settled(
        'in time',
        runStep('in time', { timeout: '1h' }, async () => 3),
      )
      await settled(
        'members',
        runStep('members', () => Object.assign(Promise.resolve(4), { own: 1 })),
      )
      for (const value of trackStep('generator', function* () {
        yield runStep('inside', () => 1)
        yield 2
      })())
        note(value)
      for await (const value of trackStep('async generator', async function* () {
        yield 1
      })())
        note(value)
      const stream = runStep('stream', () => new PassThrough())
      stream.end('text')
      for await (const chunk of stream) note(String(chunk))
      const started = startStep('started', { timeout: '1h' })
      note(started.run(() => 8))
      started.succeed()
      started.fail(boom)
      started[Symbol.dispose]()
      note(continueRun(headers({ own: 'header' }), () => runStep('joined', () => 9)))
      note(headers({ own: 'header' }).own)
      return 'end'
    },
  )
  await settled('flow', flow())
  await settled(
    'root',
    runWorkflow('root', { trace: 'link' }, async () => Promise.reject(boom)),
  )
  await new Promise((resolve) => setImmediate(resolve))
  return seen
}

test.each([
  { limits: false, forever: false },
  { limits: false, forever: true },
  { limits: true, forever: false },
  { limits: true, forever: true },
])('whatever fails at whichever call, the code and its callers see nothing of it: %o', async ({ limits, forever }) => {
  const faults = createFaults()
  const attempt = async (boundary: string | undefined, at: number) => {
    faults.arm(boundary, at, forever)
    const unregister = registerFaulty(faults, limits)
    try {
      return await work(faults)
    } finally {
      unregister()
    }
  }
  const expected = await attempt(undefined, 0)
  expect(expected).toContain('header')
  const boundaries = [...faults.crossings.keys()]
  expect(boundaries.length).toBeGreaterThanOrEqual(30)
  const escaped: string[] = []
  for (const boundary of boundaries) {
    for (let at = 1; at <= MAX_CALLS; at += 1) {
      const before = faults.injected
      const seen = await attempt(boundary, at).catch((error: unknown) => [
        error instanceof Injected ? 'escaped' : error,
      ])
      if (!isEqual(seen, expected, boundary)) escaped.push(`${boundary}, call ${at}: ${JSON.stringify(seen)}`)
      if (faults.injected === before) break
    }
  }
  expect(escaped).toEqual([])
  expect(unhandled).toEqual([])
  expect(faults.injected).toBeGreaterThanOrEqual(400)
})

/** Options are the user's own: that `when` fails ends the retries. */
function isEqual(seen: readonly unknown[], expected: readonly unknown[], boundary: string): boolean {
  if (boundary !== 'option when') return JSON.stringify(seen) === JSON.stringify(expected)
  return !seen.some((entry) => entry === 'escaped')
}
