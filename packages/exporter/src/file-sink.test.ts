import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ATTR, documentText } from '@runspan/results/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeAtomically } from './atomic-write.js'
import { delivery } from './deliver.testsuite.js'
import { toFileName } from './file-name.js'
import { fileSink } from './file-sink.js'
import { temporaryFolder } from './fixture.testsuite.js'

const HOSTILE = [
  '',
  '.',
  '..',
  '../evil',
  '../../etc/passwd',
  '/etc/passwd',
  'a/b',
  'a\\b',
  '\u0000',
  'a\u0000b',
  'CON',
  'con',
  'nul.json',
  'COM1',
  'lpt9.txt',
  'a:b',
  'a*b?',
  '<x>',
  '|',
  '"',
  '-rf',
  '--',
  ' ',
  'a ',
  ' a',
  'a.',
  '...',
  '~',
  '~2f',
  'a~2fb',
  '\n',
  'a\r\nb',
  '\u202eexe',
  '\ufeff',
  'é',
  'e\u0301',
  'İ',
  '漢字',
  '🚀',
  '\ud800',
  '\ufffd',
  'x'.repeat(500),
  'é'.repeat(300),
  '.runspan',
  '.hidden',
  '%2e%2e',
  '$(rm)',
  '`id`',
  "'",
  ';',
  '#',
  '\t',
  '\u2028',
  '\u007f',
  '\u0085',
  'a'.repeat(255),
  `${'a'.repeat(255)}b`,
]

test('300 hostile run ids: 300 distinct files inside the folder, read back exactly', () => {
  const folder = temporaryFolder()
  const sink = fileSink(folder)
  const ids = Array.from(
    { length: 300 },
    (_, i) => `${HOSTILE[i % HOSTILE.length]}${'/'.repeat(Math.floor(i / HOSTILE.length))}`,
  )
  const paths = ids.map((id) => {
    const one = delivery('etl', { attributes: { [ATTR.runId]: id === '' ? '/' : id.toWellFormed() } })
    sink.write(one)
    const path = sink.pathOf(one.key) as string
    expect(dirname(path)).toBe(join(folder, 'etl'))
    expect(readFileSync(path, 'utf8')).toBe(documentText(one.document, { detail: true }))
    return path
  })
  expect(new Set(paths).size).toBe(300)
  expect(readdirSync(folder).sort()).toEqual(['.runspan', 'etl'])
  expect(readdirSync(join(folder, '.runspan', 'tmp'))).toEqual([])
})

test('a hostile workflow name stays inside the folder', () => {
  const folder = join(temporaryFolder(), 'results')
  const sink = fileSink(folder)
  for (const name of HOSTILE) {
    const one = delivery(name || '/')
    sink.write(one)
    expect(resolve(dirname(sink.pathOf(one.key) as string), '..')).toBe(folder)
  }
})

test('a file name is safe and of one text alone, as long as it is short', () => {
  const names = new Map<string, string>()
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      const name = toFileName(text)
      expect(name).toMatch(/^[^/\\:*?"<>|\p{Cc}. -][^/\\:*?"<>|\p{Cc} ]*$/u)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120)
      expect(names.get(name) ?? text).toBe(text)
      names.set(name, text)
    }),
    { numRuns: 2_000 },
  )
})

test('a file belongs to one run: the newcomer of the same id gets a name of its own', () => {
  const folder = temporaryFolder()
  const [one, two] = [
    delivery('etl', { attributes: { [ATTR.runId]: 'x' } }),
    delivery('etl', { attributes: { [ATTR.runId]: 'x' } }),
  ]
  const sink = fileSink(folder)
  sink.write(one)
  sink.write(two)
  const spanId = two.key.slice(33)
  expect(readdirSync(join(folder, 'etl')).sort()).toEqual(['x.json', `x~${spanId.slice(0, 8)}.json`])
  const later = fileSink(folder)
  later.write(one)
  later.write(two)
  expect(readdirSync(join(folder, 'etl'))).toHaveLength(2)
  expect(later.pathOf(one.key)).toBe(join(folder, 'etl', 'x.json'))
})

test("a file of somebody else's is never replaced", () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'etl'))
  writeFileSync(join(folder, 'etl', 'x.json'), '{"mine":true}')
  const elsewhere = join(temporaryFolder(), 'target.json')
  symlinkSync(elsewhere, join(folder, 'etl', 'y.json'))
  const sink = fileSink(folder)
  for (const id of ['x', 'y']) sink.write(delivery('etl', { attributes: { [ATTR.runId]: id } }))
  expect(readFileSync(join(folder, 'etl', 'x.json'), 'utf8')).toBe('{"mine":true}')
  expect(statSync(elsewhere, { throwIfNoEntry: false })).toBeUndefined()
  expect(readdirSync(join(folder, 'etl'))).toHaveLength(4)
})

test('a document that does not know its root never replaces one that does', () => {
  const folder = temporaryFolder()
  const one = delivery()
  const sink = fileSink(folder)
  sink.write(one)
  const path = sink.pathOf(one.key) as string
  const before = readFileSync(path, 'utf8')
  const rootless = { ...one, document: { ...one.document, run: { ...one.document.run, id: null, name: 'unknown' } } }
  sink.write(rootless)
  expect(readFileSync(path, 'utf8')).toBe(before)
  const other = { ...rootless, key: delivery().key }
  sink.write(other)
  sink.write({ ...other, document: { ...other.document, statuses: [] } })
  expect(JSON.parse(readFileSync(sink.pathOf(other.key) as string, 'utf8')).statuses).toEqual([])
})

test('only its user can read what is written', () => {
  const folder = join(temporaryFolder(), 'results')
  const sink = fileSink(folder)
  const one = delivery()
  sink.write(one)
  expect(statSync(sink.pathOf(one.key) as string).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('the plain and the strict form are written when they are asked for', () => {
  const folder = temporaryFolder()
  const one = delivery()
  const sink = fileSink(folder, { detail: false })
  sink.write(one)
  const text = readFileSync(sink.pathOf(one.key) as string, 'utf8')
  expect(text).toBe(JSON.stringify({ statuses: one.document.statuses }, null, 2))
})

test('documents are kept by number and by age, and only documents are deleted', () => {
  const folder = temporaryFolder()
  const sink = fileSink(folder, { keepRuns: 3 })
  mkdirSync(join(folder, 'etl'))
  writeFileSync(join(folder, 'etl', 'notes.json'), '{"mine":true}')
  utimesSync(join(folder, 'etl', 'notes.json'), 1, 1)
  const many = Array.from({ length: 21 }, () => delivery())
  many.forEach((one, index) => {
    sink.write(one)
    utimesSync(sink.pathOf(one.key) as string, 1_000 + index, 1_000 + index)
    expect(readdirSync(join(folder, 'etl')).length).toBeLessThanOrEqual(4)
  })
  const left = readdirSync(join(folder, 'etl'))
  expect(left).toHaveLength(4)
  expect(left).toContain('notes.json')
  expect(left).toContain(`${many[20]?.document.run.id}.json`)

  const [old, fresh, others] = ['steps-2020-01-01-7.jsonl', 'steps-2020-01-02-7.jsonl', 'steps.jsonl'] as const
  for (const name of [old, fresh, others]) writeFileSync(join(folder, name), '')
  for (const name of [old, others]) utimesSync(join(folder, name), 1, 1)
  const aged = fileSink(folder, { keepDays: 1 })
  aged.write(delivery())
  expect(readdirSync(join(folder, 'etl'))).toHaveLength(2)
  expect(readdirSync(folder).sort()).toEqual(['.runspan', 'etl', fresh, others])
  expect(() => fileSink(folder, { keepRuns: 0 })).toThrow('keepRuns is 0; give a number above 0.')
  expect(() => fileSink(folder, { keepDays: Number.NaN })).toThrow('keepDays is NaN')
})

test('what is no file stands in the way of no document, and of no deleting', () => {
  const folder = temporaryFolder()
  const sink = fileSink(folder, { keepRuns: 1, keepDays: 1 })
  mkdirSync(join(folder, 'etl'))
  symlinkSync('loop.json', join(folder, 'etl', 'loop.json'))
  symlinkSync('steps-2020-01-01-7.jsonl', join(folder, 'steps-2020-01-01-7.jsonl'))
  for (let n = 0; n < 3; n += 1) sink.write(delivery())
  expect(readdirSync(join(folder, 'etl'))).toHaveLength(2)
})

test('writing leaves nothing half done when it fails', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'x.json'))
  const temporary = join(folder, 'tmp')
  expect(() => writeAtomically(join(folder, 'x.json'), 'text', 'replace', temporary)).toThrow()
  expect(readdirSync(temporary)).toEqual([])
  expect(writeAtomically(join(folder, 'y.json'), 'one', 'new', temporary)).toBe(true)
  expect(writeAtomically(join(folder, 'y.json'), 'two', 'new', temporary)).toBe(false)
  expect(readFileSync(join(folder, 'y.json'), 'utf8')).toBe('one')
})
