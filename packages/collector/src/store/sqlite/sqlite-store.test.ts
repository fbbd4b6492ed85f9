import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { toRunKey } from '@runspan/results/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeFolder, makeRun, spanOf, traceOf } from '../../testing.testsuite.js'
import { testRunStore } from '../run-store.testsuite.js'
import { openFile } from './driver.js'
import { SCHEMA_VERSION } from './schema.js'
import { openSqliteStore } from './sqlite-store.js'

testRunStore('SQLite', async () => {
  const file = join(makeFolder(), 'store.db')
  return { store: openSqliteStore(file), reopen: async () => openSqliteStore(file) }
})

const built = new URL('../../../dist/store/sqlite/sqlite-store.js', import.meta.url).href

/** A process of its own that stores runs one after the other and says of each that it is stored. */
const WRITER = `
  const { openSqliteStore } = await import(${JSON.stringify(built)})
  const store = openSqliteStore(process.argv[1])
  const makeRun = (run) => JSON.parse(process.argv[2].replaceAll('RUN', run.toString(16).padStart(32, '0')))
  console.log('open')
  for (let run = Number(process.argv[3]); ; run++) {
    await store.append(makeRun(run))
    await new Promise((done) => process.stdout.write(run + '\\n', done))
  }
`

function startWriter(file: string, from: number) {
  const records = JSON.stringify(makeRun(1, 5)).replaceAll(traceOf(1), 'RUN')
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, file, records, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, lines: createInterface({ input: child.stdout }) }
}

describe('the SQLite file', () => {
  test('a kill at any moment loses nothing that was acknowledged, and the next process opens it at once (D3)', async () => {
    const file = join(makeFolder(), 'store.db')
    let acknowledged = 0
    for (let round = 0; round < 6; round++) {
      const { child, lines } = startWriter(file, acknowledged + 1)
      const until = acknowledged + 5 + round * 7
      for await (const line of lines) {
        if (line === 'open') continue
        acknowledged = Number(line)
        if (acknowledged >= until) child.kill('SIGKILL')
      }
    }
    const store = openSqliteStore(file)
    onTestFinished(() => store.close())
    for (let run = 1; run <= acknowledged; run++) {
      const stored = await store.read(toRunKey({ traceId: traceOf(run), spanId: spanOf(0) }))
      expect(stored?.records, `run ${run} of ${acknowledged}`).toHaveLength(6)
    }
  })

  test('a second process on the same file is refused, and told who holds it (D1)', async () => {
    const file = join(makeFolder(), 'store.db')
    const { child, lines } = startWriter(file, 1)
    await Promise.race([once(lines, 'line'), once(child, 'exit')])
    expect(() => openSqliteStore(file)).toThrow(
      expect.objectContaining({
        code: 'store_in_use',
        message: expect.stringContaining(`process ${child.pid}, which began at 20`),
      }),
    )
    child.kill('SIGKILL')
    await once(child, 'exit')
    const store = openSqliteStore(file)
    await store.close()
    expect(existsSync(`${file}.holder`)).toBe(false)
  })

  test('the note of a holder that died stops nobody, also when it is damaged', async () => {
    const file = join(makeFolder(), 'store.db')
    writeFileSync(`${file}.holder`, '{"pid":1')
    await openSqliteStore(file).close()
  })

  test('a file that is no database is refused and left as it was', () => {
    const file = join(makeFolder(), 'notes.txt')
    const text = 'not a database '.repeat(100)
    writeFileSync(file, text)
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'store_not_ours' }))
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('a database of another program is refused and left as it was', () => {
    const file = join(makeFolder(), 'other.db')
    const other = openFile(file)
    other.exec('CREATE TABLE mine (x)')
    other.close()
    const before = readFileSync(file)
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'store_not_ours' }))
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('a store of a newer schema is refused, with both versions in the message', async () => {
    const file = join(makeFolder(), 'store.db')
    await openSqliteStore(file).close()
    const database = openFile(file)
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`)
    database.close()
    expect(() => openSqliteStore(file)).toThrow(
      expect.objectContaining({
        code: 'store_too_new',
        message: expect.stringContaining(`schema ${SCHEMA_VERSION + 1}`),
      }),
    )
  })

  test('a folder, and a place below a file, are refused with the reason', () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'a.db'))
    writeFileSync(join(folder, 'file'), '')
    for (const file of [join(folder, 'a.db'), join(folder, 'file', 'b.db')]) {
      expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'store_unreadable' }))
    }
  })

  test('a new file and its folder are readable for their owner alone (S5)', async () => {
    const file = join(makeFolder(), 'new', 'store.db')
    await openSqliteStore(file).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
  })
})
