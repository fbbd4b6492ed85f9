import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { record } from './recording.testsuite.js'
import { trackStep } from './track.js'

const recorded = record()
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects until the spans have ended that should. */
async function untilEnded(count: number): Promise<void> {
  for (let n = 0; n < 100 && recorded.spans().length < count; n += 1) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const ends = () =>
  recorded
    .spans()
    .map(({ name, attributes }) => [name, attributes['runspan.outcome'], attributes['runspan.outcome.reason']])

test('what is given up in the middle ends as cancelled when it is collected', async () => {
  const generator = trackStep('generator', function* () {
    yield 1
    yield 2
  })
  // In a call of its own, so that nothing on the stack still holds it.
  const begin = () => void generator().next()
  begin()
  await untilEnded(1)
  expect(ends()).toEqual([['generator', 'cancelled', 'it was given up before its end']])
})

test('a thenable that nobody waits for is cancelled; an iterable that nobody goes through was all that was wanted', async () => {
  const lazy = trackStep('lazy', () => Object.assign(Promise.resolve(1), { own: 1 }))
  const cursor = trackStep('cursor', () => ({ rows: 3, async *[Symbol.asyncIterator]() {} }))
  const drop = () => {
    lazy()
    cursor()
  }
  drop()
  await untilEnded(2)
  expect(ends().sort()).toEqual([
    ['cursor', 'success', undefined],
    ['lazy', 'cancelled', 'nobody waited for it'],
  ])
})
