import { expect, test } from 'vitest'
import { record } from './recording.testsuite.js'
import { runStep, runWorkflow } from './run.js'

const recorded = record()
const reasonOf = (name: string) => recorded.attributes(name, 'run')['runspan.outcome.reason']
const failWith = (error: unknown) => (): never => {
  throw error
}
const revoked = Proxy.revocable(new Error('gone'), {})
revoked.revoke()

test.each([
  ['an error', new Error('e')],
  ['a frozen error', Object.freeze(new Error('e'))],
  ['a function', () => 1],
  ['a proxy', new Proxy(new Error('e'), { defineProperty: () => false, has: () => true })],
  ['a proxy that was revoked', revoked.proxy],
  ['a text', 'thrown'],
  ['a number that is none', Number.NaN],
  ['nothing', undefined],
])('the run names the step that failed by %s, and nothing is seen of that on it', (_, thrown) => {
  const keysOf = () => {
    try {
      return Reflect.ownKeys(thrown as object)
    } catch (error) {
      return String(error)
    }
  }
  const keys = keysOf()
  let got: unknown
  try {
    runWorkflow('run', () => runStep('outer', () => runStep('inner', { errorCode: 7 }, failWith(thrown))))
  } catch (error) {
    got = error
  }
  expect(got).toBe(thrown)
  expect(keysOf()).toEqual(keys)
  expect(reasonOf('run')).toBe("in step 'inner' (0002)")
  expect(recorded.attributes('run')['runspan.error.code']).toBe(7)
})

test('an error that fails two runs has a step of each', () => {
  const error = new Error('shared')
  for (const [run, step] of [
    ['first', 'a'],
    ['second', 'b'],
  ] as const) {
    expect(() => runWorkflow(run, () => runStep(step, failWith(error)))).toThrow(error)
  }
  expect(reasonOf('first')).toBe("in step 'a' (0001)")
  expect(reasonOf('second')).toBe("in step 'b' (0001)")
})

test('of many failures the run names the one that it failed by, or whose error it wrapped', async () => {
  const fail = (n: number) => runStep(`step ${n}`, failWith(new Error(`e${n}`)))
  const errors = await runWorkflow('run', async () =>
    Promise.allSettled(Array.from({ length: 200 }, async (__, n) => fail(n))),
  )
  expect(errors).toHaveLength(200)
  const rethrow = (name: string, wrap: (error: unknown) => unknown) =>
    expect(() =>
      runWorkflow(name, () => {
        const thrown: unknown[] = []
        for (let n = 0; n < 200; n += 1) {
          try {
            fail(n)
          } catch (error) {
            thrown.push(error)
          }
        }
        throw wrap(thrown[3])
      }),
    ).toThrow()
  rethrow('same', (error) => error)
  rethrow('wrapped', (cause) => new Error('outer', { cause }))
  expect(reasonOf('same')).toBe("in step 'step 3' (0004)")
  expect(reasonOf('wrapped')).toBe("in step 'step 3' (0004)")
})
