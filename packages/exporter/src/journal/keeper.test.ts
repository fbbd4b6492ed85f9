import { mkdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { record, temporaryFolder } from '../fixture.testsuite.js'
import { readJournal, recordsIn } from './journal.js'
import { createKeeper } from './keeper.js'
import { ownJournal } from './layout.js'

test('a journal that cannot be made shorter goes on as it is, and that is said once', () => {
  const root = temporaryFolder()
  const said: string[] = []
  const faults: unknown[] = []
  const keeper = createKeeper(
    root,
    () => [],
    (message) => said.push(message),
    (error) => faults.push(error),
  )
  const long = record({ name: 'x'.repeat(60_000) })
  for (let n = 0; n < 20; n += 1) keeper.append({ ...long, seq: n })
  // There is no room for the new file: something else stands in its place.
  mkdirSync(`${ownJournal(root)}.next`)
  for (let n = 0; n < 3; n += 1) keeper.tick(performance.now())
  keeper.append({ ...long, seq: 20 })
  expect([...recordsIn(readJournal(ownJournal(root)).entries)].map(({ seq }) => seq)).toEqual(
    Array.from({ length: 21 }, (_, n) => n),
  )
  expect([keeper.lost(), faults]).toEqual([0, []])
  expect(said).toEqual([expect.stringMatching(/^the journal in '.*' cannot be made shorter, and grows: /)])
  keeper.close(false)
})
