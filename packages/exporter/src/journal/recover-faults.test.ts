import { spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ATTR, type SpanRecord } from '@runspan/results/core'
import { expect, onTestFinished, test } from 'vitest'
import { keyOf, only, readDocuments, record, rows, runNews, started, temporaryFolder } from '../fixture.testsuite.js'
import { toFrame } from './frame.js'
import { openJournal } from './journal.js'
import { hiddenFolder, joinedFolder, joinedJournal, temporaryFolder as temporaryOf } from './layout.js'
import { ownerName } from './owner.js'
import { pen } from './pen.js'
import { recover } from './recover.js'

const dead = (number: number) => ownerName().replace(/\d+$/, String(number))

/** The journal that a dead process left: a run that had begun its only step. */
function leave(root: string, name: string, number: number): string {
  const path = join(hiddenFolder(root), `${dead(number)}.journal`)
  const journal = openJournal(path)
  for (const record of runNews(name, ['a']).slice(0, 2)) journal.append({ kind: 'record', record })
  journal.close()
  return path
}

const journals = (root: string) => readdirSync(hiddenFolder(root)).filter((name) => name.includes('.journal'))
const names = (root: string) => recover(root).runs.map(({ name }) => name)

test('what only looks like a journal, a folder, a pipe or a link, is left alone and holds up nothing', () => {
  const root = temporaryFolder()
  const elsewhere = join(temporaryFolder(), 'x')
  renameSync(leave(root, 'elsewhere', 1), elsewhere)
  mkdirSync(join(hiddenFolder(root), `${dead(1)}.journal`))
  expect(spawnSync('mkfifo', [join(hiddenFolder(root), `${dead(2)}.journal`)]).status).toBe(0)
  symlinkSync(elsewhere, join(hiddenFolder(root), `${dead(3)}.journal`))
  symlinkSync(`${dead(4)}.journal`, join(hiddenFolder(root), `${dead(4)}.journal`))
  leave(root, 'etl', 9)
  expect(names(root)).toEqual(['etl'])
  expect(journals(root)).toHaveLength(4)
  expect(existsSync(elsewhere)).toBe(true)
})

test('a journal that cannot be read is said, with what to do, and no other waits for it', () => {
  const root = temporaryFolder()
  const theirs = leave(root, 'theirs', 1)
  leave(root, 'etl', 9)
  // A file of root's in a folder of somebody else, as it is after a program was once run by sudo.
  if (process.getuid?.() !== 0) writeFileSync(theirs, '', { mode: 0 })
  else {
    for (const path of [root, hiddenFolder(root), temporaryOf(root)]) {
      mkdirSync(path, { recursive: true })
      chownSync(path, 65_534, 65_534)
    }
    for (const name of journals(root))
      if (join(hiddenFolder(root), name) !== theirs) chownSync(join(hiddenFolder(root), name), 65_534, 65_534)
    process.seteuid?.(65_534)
    onTestFinished(() => process.seteuid?.(0))
  }
  expect(() => recover(root)).toThrow(
    /Cannot read the journals in '.*': EACCES.*; call it as the user who ran the programs\./,
  )
  expect(existsSync(join(root, 'etl'))).toBe(true)
  expect(journals(root)).toHaveLength(1)
  process.seteuid?.(0)
  expect(names(root)).toEqual(['theirs'])
  expect(journals(root)).toEqual([])
})

test('what could not be written is written by the next try, also of the same process, and the rest not again', () => {
  const root = temporaryFolder()
  leave(root, 'etl', 1)
  leave(root, 'other', 2)
  writeFileSync(join(root, 'etl'), 'a file where the folder should be')
  for (let n = 0; n < 3; n += 1) expect(() => recover(root)).toThrow(/Cannot write/)
  expect(only(readDocuments(root)).provenance.revision).toBe(1)
  rmSync(join(root, 'etl'))
  expect(names(root)).toEqual(['etl'])
  expect(journals(root)).toEqual([])
})

test('a step that names no run is told once, also when the journal stays for a run beside it', () => {
  const root = temporaryFolder()
  const journal = openJournal(leave(root, 'etl', 1))
  const { attributes, ...step } = record({ parentSpanId: '5'.repeat(16), attributes: { [ATTR.ordinal]: 1 } })
  const { [ATTR.runKey]: _, ...keyless } = attributes
  journal.record({ ...step, attributes: keyless })
  journal.close()
  writeFileSync(join(root, 'etl'), 'a file where the folder should be')
  for (let n = 0; n < 3; n += 1) expect(() => recover(root)).toThrow(/Cannot write/)
  const file = only(readdirSync(root).filter((name) => name.startsWith('steps-')))
  expect(readFileSync(join(root, file), 'utf8').trimEnd().split('\n')).toHaveLength(1)
})

test('what was done for a run is told, whatever stands beside it', () => {
  const root = temporaryFolder()
  const news = runNews('etl', ['a'])
  const [start, , step] = news as [SpanRecord, SpanRecord, SpanRecord]
  const own = openJournal(join(hiddenFolder(root), `${dead(1)}.journal`))
  own.record(start)
  own.close()
  const helper = openJournal(join(joinedFolder(root, keyOf(news)), `${dead(2)}.journal`))
  helper.record(step)
  helper.close()
  // That of a living process of a newer version.
  pen.begin('H2{}')
  writeFileSync(joinedJournal(root, keyOf(news)), toFrame())
  expect(() => recover(root)).toThrow(/it has format 2/)
  expect(rows(only(readDocuments(root)))).toEqual(['etl interrupted', 'a success'])
})

test('a step that names no run is told in the run of the step that called it, and not when that is written', () => {
  const root = temporaryFolder()
  const [start, a] = runNews('etl', ['a']) as [SpanRecord, SpanRecord]
  const { attributes, ...span } = record({ name: 'foreign', traceId: a.traceId, parentSpanId: a.spanId })
  const { [ATTR.runKey]: _, ...keyless } = attributes
  const foreign = { ...span, attributes: keyless }
  const journal = openJournal(join(hiddenFolder(root), `${dead(1)}.journal`))
  for (const one of [foreign, start, a, started(foreign)]) journal.record(one)
  journal.close()
  recover(root)
  expect(rows(only(readDocuments(root)))).toEqual(['a interrupted', 'foreign success'])
  const again = openJournal(join(hiddenFolder(root), `${dead(2)}.journal`))
  for (const one of [start, a, foreign]) again.record(one)
  again.append({ kind: 'written', key: keyOf([start]), revision: 2 })
  again.close()
  expect(recover(root).runs).toEqual([])
  expect(readdirSync(root)).toEqual(['.runspan', 'etl'])
})
