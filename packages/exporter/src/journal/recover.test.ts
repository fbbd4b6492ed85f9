import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { ATTR, type DetailedDocument, type SpanRecord } from '@runspan/results/core'
import { expect, test } from 'vitest'
import { keyOf, record, runNews, started, temporaryFolder } from '../fixture.testsuite.js'
import { type Journal, openJournal, readJournal } from './journal.js'
import { createKeeper } from './keeper.js'
import { hiddenFolder, joinedFolder, joinedJournal, ownJournal } from './layout.js'
import { ownerName, SILENCE_MS } from './owner.js'
import { recover } from './recover.js'

const say = (journal: Journal, records: readonly (SpanRecord | undefined)[]) => {
  for (const one of records) if (one !== undefined) journal.append({ kind: 'record', record: one })
}
/** A keeper that writes these records again when it makes its journal anew. */
const keep = (root: string, live: readonly SpanRecord[] = []) =>
  createKeeper(
    root,
    () => live.map((one) => ({ kind: 'record', record: one }) as const),
    () => undefined,
    () => undefined,
  )
/** The name of a process that has died: its start time is another's. */
const dead = (number = 1) => ownerName().replace(/\d+$/, String(number))

/** The journal that a dead process left. */
function leave(root: string, records: readonly (SpanRecord | undefined)[], number?: number): string {
  const path = join(hiddenFolder(root), `${dead(number)}.journal`)
  const journal = openJournal(path)
  say(journal, records)
  journal.close()
  return path
}

function leaveJoined(root: string, key: string, records: readonly (SpanRecord | undefined)[], writer = dead()): string {
  const path = join(joinedFolder(root, key), `${writer}.journal`)
  const journal = openJournal(path)
  say(journal, records)
  journal.close()
  return path
}

const readAt = (path: string | null | undefined) => JSON.parse(readFileSync(path as string, 'utf8')) as DetailedDocument
const rows = (document: DetailedDocument) => document.statuses.map(({ title, status }) => `${title} ${status}`)

test('a dead process leaves documents that say what was running', () => {
  const root = temporaryFolder()
  const [begin, a, aEnd, b] = runNews('etl', ['a', 'b'])
  leave(root, [begin, a, aEnd, b])
  const recovery = recover(root)
  expect(recovery).toMatchObject({ journals: 1, damaged: 0, runs: [{ name: 'etl', running: ['b'] }] })
  const document = readAt(recovery.runs[0]?.path)
  expect(rows(document)).toEqual(['a success', 'b interrupted'])
  expect(document.run).toMatchObject({ outcome: 'interrupted', key: begin && keyOf([begin]) })
  const why = 'its process died while this was running'
  expect([document.run.reason, ...document.statuses.map((row) => row.error_message)]).toEqual([why, null, why])
  expect(document.provenance).toMatchObject({ recovered: true, revision: 1, road: 'process' })
  expect(readdirSync(hiddenFolder(root)).filter((name) => name.includes('journal'))).toEqual([])
})

test('doing it again changes nothing', () => {
  const root = temporaryFolder()
  leave(root, runNews('etl', ['a']).slice(0, 2))
  const [run] = recover(root).runs
  const before = readFileSync(run?.path as string, 'utf8')
  expect(recover(root)).toEqual({ runs: [], journals: 0, damaged: 0 })
  expect(readFileSync(run?.path as string, 'utf8')).toBe(before)
})

test('a dry run says what would be done and touches nothing', () => {
  const root = temporaryFolder()
  const path = leave(root, runNews('etl', ['a']).slice(0, 2))
  expect(recover(root, { dryRun: true })).toMatchObject({
    journals: 1,
    runs: [{ name: 'etl', path: null, running: ['a'] }],
  })
  expect(existsSync(path)).toBe(true)
  expect(readdirSync(root)).toEqual(['.runspan'])
})

test('the journal of a living process is left alone', () => {
  const root = temporaryFolder()
  const journal = openJournal(ownJournal(root))
  say(journal, runNews('etl', ['a']).slice(0, 2))
  expect(recover(root)).toEqual({ runs: [], journals: 0, damaged: 0 })
  journal.remove()
})

test('one of another machine is taken after five minutes of silence, not before', () => {
  const root = temporaryFolder()
  const path = leave(root, runNews('etl', ['a']).slice(0, 2))
  const elsewhere = path.replace(/[0-9a-f]{8}(?=-[0-9a-f]{8}-)/, 'ffffffff')
  renameSync(path, elsewhere)
  expect(recover(root).journals).toBe(0)
  const then = (Date.now() - SILENCE_MS - 1_000) / 1_000
  utimesSync(elsewhere, then, then)
  expect(recover(root).journals).toBe(1)
})

test('a run whose document is written is not written again; what came after it makes a new revision', () => {
  const root = temporaryFolder()
  const news = runNews('etl', ['a', 'late'])
  const late = news[4]
  const first = news.filter((one) => one !== late && one !== news[3])
  leave(root, first)
  expect(recover(root).runs).toHaveLength(1)
  const key = keyOf(news)

  const path = leave(root, [news[0]], 2)
  const journal = openJournal(path)
  journal.append({ kind: 'written', key, revision: 1 })
  journal.close()
  expect(recover(root)).toMatchObject({ journals: 1, runs: [] })

  const again = openJournal(leave(root, [news[0]], 3))
  again.append({ kind: 'written', key, revision: 1 })
  say(again, [late])
  again.close()
  const { runs } = recover(root)
  const document = readAt(runs[0]?.path)
  expect(rows(document)).toEqual(['a success', 'late success'])
  expect(document.run.outcome).toBe('success')
  expect(document.provenance).toMatchObject({ revision: 2, contradictions: 0 })
})

test('a step outside any run, and a run whose root was never seen, are not lost', () => {
  const root = temporaryFolder()
  leave(root, [
    started(record({ name: 'alone', attributes: { [ATTR.ordinal]: 1 } })),
    ...runNews('etl', ['a']).slice(1, 3),
  ])
  const { runs } = recover(root)
  expect(runs.map(({ name }) => name).sort()).toEqual(['alone', 'unknown'])
  expect(readdirSync(root).some((name) => /^steps-.*\.jsonl$/.test(name))).toBe(true)
  const unknown = runs.find(({ name }) => name === 'unknown')
  expect(unknown?.path).toContain(join(root, 'unknown'))
  expect(rows(readAt(unknown?.path))).toEqual(['unknown interrupted', 'a success'])
})

test('damage is counted, and costs what it hit', () => {
  const root = temporaryFolder()
  const path = leave(root, runNews('etl', ['a', 'b']).slice(0, 4))
  const bytes = readFileSync(path)
  const at = bytes.lastIndexOf(0xfe)
  bytes[at + 40] = (bytes[at + 40] as number) ^ 4
  writeFileSync(path, bytes)
  expect(recover(root)).toMatchObject({ damaged: 1, runs: [{ running: [] }] })
})

test('a claim of a process that died while it made documents is taken over', () => {
  const root = temporaryFolder()
  const path = leave(root, runNews('etl', ['a']).slice(0, 2))
  renameSync(path, `${path}.claimed.${dead(7)}`)
  expect(recover(root).runs).toHaveLength(1)
  expect(readdirSync(hiddenFolder(root)).filter((name) => name.includes('journal'))).toEqual([])
})

test('a claim of a living process is respected', () => {
  const root = temporaryFolder()
  const path = leave(root, runNews('etl', ['a']).slice(0, 2))
  renameSync(path, `${path}.claimed.${ownerName()}`)
  expect(recover(root).journals).toBe(0)
})

test('a document that cannot be written keeps its journal, and no other document waits for it', () => {
  const root = temporaryFolder()
  leave(root, runNews('other', ['a']).slice(0, 2), 9)
  leave(root, runNews('etl', ['a']).slice(0, 2))
  writeFileSync(join(root, 'etl'), 'a file where the folder should be')
  expect(() => recover(root)).toThrow(/Cannot write result documents into .*name another folder/)
  expect(readdirSync(hiddenFolder(root)).filter((name) => name.includes('journal'))).toHaveLength(2)
  expect(readdirSync(join(root, 'other'))).toHaveLength(1)
})

test('what dead writers left half-written goes', () => {
  const root = temporaryFolder()
  const temporary = join(hiddenFolder(root), 'tmp')
  mkdirSync(temporary, { recursive: true })
  for (const name of [`${dead()}.4.tmp`, `${ownerName()}.4.tmp`]) writeFileSync(join(temporary, name), 'x')
  writeFileSync(join(hiddenFolder(root), `${dead()}.journal.next`), 'x')
  recover(root)
  expect(readdirSync(temporary)).toEqual([`${ownerName()}.4.tmp`])
  expect(readdirSync(hiddenFolder(root))).toEqual(['tmp'])
})

test('the joined records of a run whose owner is gone go into its document', () => {
  const root = temporaryFolder()
  const news = runNews('etl', ['a', 'of the child'])
  const childs = [news[3], news[4]]
  leave(
    root,
    news.filter((one) => !childs.includes(one)),
  )
  expect(recover(root).runs).toHaveLength(1)
  leaveJoined(root, keyOf(news), childs)
  const { runs } = recover(root)
  expect(runs).toMatchObject([{ name: 'etl', running: [] }])
  expect(rows(readAt(runs[0]?.path))).toEqual(['a success', 'of the child success'])
  expect(existsSync(joinedFolder(root, keyOf(news)))).toBe(false)
})

test('the joined records of a run that a living process owns wait for it', () => {
  const root = temporaryFolder()
  const news = runNews('etl', ['of the child'])
  const own = openJournal(ownJournal(root))
  say(own, [news[0]])
  const path = leaveJoined(root, keyOf(news), [news[1]])
  expect(recover(root)).toEqual({ runs: [], journals: 0, damaged: 0 })
  expect(existsSync(path)).toBe(true)
  const keeper = keep(root)
  expect(keeper.joinedKeys()).toEqual([keyOf(news)])
  expect(keeper.joinedRecords(keyOf(news))).toMatchObject([
    { name: 'of the child', phase: 'interrupted', attributes: { [ATTR.outcomeReason]: expect.any(String) } },
  ])
  keeper.settleJoined(keyOf(news))
  expect(keeper.joinedKeys()).toEqual([])
  own.remove()
})

test('what came a moment ago and was not read is not forgotten', () => {
  const root = temporaryFolder()
  const news = runNews('etl', ['a', 'b'])
  const keeper = keep(root)
  leaveJoined(root, keyOf(news), news.slice(1, 3), dead(1))
  expect(keeper.joinedRecords(keyOf(news))).toHaveLength(2)
  leaveJoined(root, keyOf(news), news.slice(3, 5), dead(2))
  keeper.settleJoined(keyOf(news))
  expect(keeper.joinedRecords(keyOf(news)).map(({ name }) => name)).toEqual(['b', 'b'])
  keeper.settleJoined(keyOf(news))
  expect(existsSync(joinedFolder(root, keyOf(news)))).toBe(false)
})

test('the running document of a plain results folder, which does not say whose it is, is replaced and not joined by a second', () => {
  const root = temporaryFolder()
  const news = runNews('etl', ['a']).slice(0, 2)
  const path = join(root, 'etl', `${news[0]?.attributes[ATTR.runId]}.json`)
  mkdirSync(join(root, 'etl'))
  writeFileSync(path, '{"statuses":[]}')
  const journal = openJournal(leave(root, news))
  journal.append({ kind: 'placed', key: keyOf(news), path })
  journal.close()
  expect(recover(root).runs[0]?.path).toBe(path)
  expect(readdirSync(join(root, 'etl'))).toHaveLength(1)
  expect(rows(readAt(path))).toEqual(['a interrupted'])
})

test('a journal that names a file elsewhere, or of another run, has no say over it', () => {
  const root = temporaryFolder()
  const outside = join(temporaryFolder(), 'precious.json')
  writeFileSync(outside, '{"statuses":[]}')
  const news = runNews('etl', ['a']).slice(0, 2)
  const journal = openJournal(leave(root, news))
  journal.append({ kind: 'placed', key: keyOf(news), path: outside })
  journal.close()
  expect(dirname(recover(root).runs[0]?.path as string)).toBe(join(root, 'etl'))
  expect(readFileSync(outside, 'utf8')).toBe('{"statuses":[]}')

  const other = runNews('etl', ['b']).slice(0, 2)
  const taken = join(root, 'etl', `${other[0]?.attributes[ATTR.runId]}.json`)
  writeFileSync(taken, JSON.stringify({ run: { key: keyOf(news) } }))
  const second = openJournal(leave(root, other, 2))
  second.append({ kind: 'placed', key: keyOf(other), path: taken })
  second.close()
  expect(recover(root).runs[0]?.path).not.toBe(taken)
  expect(readAt(taken)).toEqual({ run: { key: keyOf(news) } })
})

test('what was done for runs that nobody ever comes for is kept for a week, and for a thousand runs; the rest is counted', () => {
  const root = temporaryFolder()
  const said: string[] = []
  const ignore = () => undefined
  const keeper = createKeeper(
    root,
    () => [],
    (message) => said.push(message),
    ignore,
  )
  const step = record()
  const [old, young] = ['a', 'b'].map((digit) => `${digit.repeat(32)}-${'5'.repeat(16)}`) as [string, string]
  const then = (Date.now() - 8 * 24 * 60 * 60_000) / 1_000
  utimesSync(leaveJoined(root, old, [step, step]), then, then)
  leaveJoined(root, young, [step])
  keeper.tick(performance.now() + 61_000)
  expect(readdirSync(joinedFolder(root))).toEqual([young])
  expect(keeper.dropped()).toBe(2)
  const empty = dirname(leaveJoined(root, young, []))
  for (let i = 0; i < 1_001; i += 1) {
    const folder = joinedFolder(root, `${i.toString(16).padStart(32, '0')}-${'5'.repeat(16)}`)
    cpSync(empty, folder, { recursive: true })
  }
  const news = runNews('etl', [])
  const owned = leaveJoined(root, keyOf(news), [step])
  utimesSync(owned, then, then)
  keeper.append(news[0] as SpanRecord)
  keeper.tick(performance.now() + 122_000)
  expect(readdirSync(joinedFolder(root))).toHaveLength(1_001)
  expect(existsSync(owned)).toBe(true)
  expect(said.length).toBeGreaterThan(0)
  expect(new Set(said).size).toBe(1)
  keeper.close(false)
})

test('the joined records of a living child of a dead owner wait for the child', () => {
  const root = temporaryFolder()
  const news = runNews('etl', ['of the child'])
  const path = joinedJournal(root, keyOf(news))
  const journal = openJournal(path)
  say(journal, [news[1]])
  expect(recover(root).runs).toEqual([])
  journal.close()
  renameSync(path, `${path}.done`)
  expect(recover(root).runs).toMatchObject([{ name: 'unknown', running: ['of the child'] }])
})

test('a keeper makes its journal anew when it has grown, and keeps what is needed', () => {
  const root = temporaryFolder()
  const keeper = keep(root, runNews('etl', ['a']).slice(0, 2))
  const long = record({ attributes: { [ATTR.target]: 'x'.repeat(1_000) } })
  for (let i = 0; i < 1_500; i += 1) keeper.append(long)
  expect(statSync(ownJournal(root)).size).toBeGreaterThan(1_500_000)
  keeper.tick(performance.now())
  expect(statSync(ownJournal(root)).size).toBeLessThan(5_000)
  expect(readJournal(ownJournal(root)).entries).toHaveLength(2)
  keeper.close(false)
  expect(existsSync(ownJournal(root))).toBe(false)
})

test('a keeper shows that it lives every ten seconds', () => {
  const root = temporaryFolder()
  const keeper = keep(root)
  keeper.append(record())
  utimesSync(ownJournal(root), 1, 1)
  keeper.tick(performance.now() + 9_000)
  expect(statSync(ownJournal(root)).mtimeMs).toBe(1_000)
  keeper.tick(performance.now() + 11_000)
  expect(Date.now() - statSync(ownJournal(root)).mtimeMs).toBeLessThan(5_000)
  keeper.close(false)
})

test('each of many journals makes its own document, once', () => {
  const root = temporaryFolder()
  for (let i = 1; i <= 5; i += 1) leave(root, runNews('etl', ['a']).slice(0, 2), i)
  expect(recover(root).runs).toHaveLength(5)
  for (const name of readdirSync(join(root, 'etl'))) expect(readAt(join(root, 'etl', name)).provenance.revision).toBe(1)
})

test('a keeper whose folder was emptied goes on in a new one', () => {
  const root = temporaryFolder()
  const keeper = keep(root, runNews('etl', ['a']).slice(0, 2))
  keeper.append(record())
  rmSync(hiddenFolder(root), { recursive: true })
  keeper.tick(performance.now() + 11_000)
  expect(readJournal(ownJournal(root)).entries).toHaveLength(2)
  keeper.close(false)
})
