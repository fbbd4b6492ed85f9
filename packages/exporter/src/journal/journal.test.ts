import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { record, temporaryFolder } from '../fixture.testsuite.js'
import { toFrame } from './frame.js'
import { openJournal, parseJournal, readJournal, recordsIn } from './journal.js'
import { pen } from './pen.js'

const entry = (name: string) => ({ kind: 'record', record: record({ name }) }) as const
const names = (path: string) => [...recordsIn(readJournal(path).entries)].map(({ name }) => name)

test('what was appended is there before append returns', () => {
  const path = join(temporaryFolder(), 'deep', 'a.journal')
  const journal = openJournal(path)
  journal.append(entry('one'))
  expect(names(path)).toEqual(['one'])
  journal.append(entry('two'))
  expect(names(path)).toEqual(['one', 'two'])
  expect(journal.size()).toBe(statSync(path).size)
  journal.close()
})

test('only its user can read it', () => {
  const folder = join(temporaryFolder(), 'hidden')
  const journal = openJournal(join(folder, 'a.journal'))
  journal.rewrite([entry('one')])
  expect(statSync(join(folder, 'a.journal')).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  journal.close()
})

test('it is made anew in one step, and goes on from there', () => {
  const path = join(temporaryFolder(), 'a.journal')
  const journal = openJournal(path)
  for (let i = 0; i < 100; i += 1) journal.append(entry(`step ${i}`))
  const before = journal.size()
  journal.rewrite([entry('kept')])
  journal.append(entry('next'))
  expect(names(path)).toEqual(['kept', 'next'])
  expect(journal.size()).toBeLessThan(before)
  journal.close()
})

test('a journal that cannot be made anew stays as it was', () => {
  const path = join(temporaryFolder(), 'a.journal')
  const journal = openJournal(path)
  journal.append(entry('one'))
  const broken = function* () {
    yield entry('two')
    throw new Error('no more')
  }
  expect(() => journal.rewrite(broken())).toThrow('no more')
  journal.append(entry('three'))
  expect(names(path)).toEqual(['one', 'three'])
  journal.close()
})

test('what is torn in the middle costs only itself, also when more was written after it', () => {
  const path = join(temporaryFolder(), 'a.journal')
  const journal = openJournal(path)
  journal.append(entry('one'))
  journal.append(entry('two'))
  truncateSync(path, statSync(path).size - 5)
  appendFileSync(path, '')
  journal.append(entry('three'))
  expect(names(path)).toEqual(['one', 'three'])
  expect(readJournal(path).damaged).toBe(1)
  journal.close()
})

test('another format is refused with its number, and what cannot be read at all is counted', () => {
  const path = join(temporaryFolder(), 'a.journal')
  const journal = openJournal(path)
  expect(readJournal(path)).toEqual({ entries: [], version: 1, damaged: 0 })
  journal.append(entry('one'))
  journal.append({ kind: 'record', record: record({ traceId: 'NO HEX' }) })
  expect(readJournal(path)).toMatchObject({ entries: [{ record: { name: 'one' } }], damaged: 1 })
  pen.begin('H2{}')
  writeFileSync(path, toFrame())
  expect(() => readJournal(path)).toThrow('it has format 2, and this version reads format 1')
  journal.close()
})

test('a run that was written is marked', () => {
  const path = join(temporaryFolder(), 'a.journal')
  const journal = openJournal(path)
  const key = `${'a'.repeat(32)}-${'5'.repeat(16)}`
  journal.append({ kind: 'written', key, revision: 3 })
  expect(parseJournal(readFileSync(path)).entries).toEqual([{ kind: 'written', key, revision: 3 }])
  journal.remove()
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
})
