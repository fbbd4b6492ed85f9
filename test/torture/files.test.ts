import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { recover } from '@runspan/exporter'
import { expect, onTestFinished, test } from 'vitest'
import {
  IMPORTS,
  leftovers,
  readDocuments,
  runChild,
  temporaryFolder,
} from '../../packages/node/src/child.testsuite.js'
import { FULL, inTurns, scale } from './scale.js'

test(`${scale(100, 6)} SIGKILLs while 5 MB documents are written: no torn file, no stale temporary one`, async () => {
  const folder = temporaryFolder()
  const script = `${IMPORTS}startRunspan({ results: '${folder}' })
    const big = 'x'.repeat(50_000)
    for (let n = 0; ; n += 1) {
      await runWorkflow('etl', { runId: process.pid + '-' + n }, async () => {
        for (let i = 0; i < 100; i += 1) await runStep('big', { capture: { outputs: true } }, () => big + i)
        if (n === 0) console.log('writes')
      })
    }`
  await inTurns(scale(100, 6), 2, async () => {
    const after = Math.random() * 250
    await runChild(script, {
      onOutput: (_text, kill) => void setTimeout(() => kill('SIGKILL'), after),
    })
  })
  recover(folder)
  const texts = readdirSync(join(folder, 'etl')).map((name) => readFileSync(join(folder, 'etl', name), 'utf8'))
  for (const text of texts) expect(JSON.parse(text).schema).toBe('runspan.document/1')
  expect(texts.length).toBeGreaterThanOrEqual(scale(100, 6))
  expect(leftovers(folder)).toEqual([])
}, 600_000)

test(`8 processes of ${scale(250, 25)} runs each in one folder: none is lost`, async () => {
  const folder = temporaryFolder()
  const each = scale(250, 25)
  const script = `${IMPORTS}const runspan = startRunspan({ results: '${folder}' })
    for (let n = 0; n < ${each}; n += 1) await runWorkflow('etl', { runId: 'run-' + n }, () => runStep('a', () => n))
    await runspan.shutdown()`
  const children = await Promise.all(Array.from({ length: 8 }, () => runChild(script)))
  expect(children.map(({ stderr }) => stderr)).toEqual(Array.from({ length: 8 }, () => ''))
  const documents = readDocuments(folder)
  expect(documents).toHaveLength(8 * each)
  expect(new Set(documents.map(({ run }) => run.key)).size).toBe(8 * each)
  expect(leftovers(folder)).toEqual([])
}, 600_000)

/** A file system of two megabytes; undefined where none can be mounted. */
function smallDisk(): string | undefined {
  const place = temporaryFolder()
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', place]).status !== 0) return undefined
  onTestFinished(() => void spawnSync('umount', ['-l', place]))
  return place
}

test(`a disk that is full for ${scale(10, 1)} s: no error in the program, every document is there soon after`, async () => {
  const disk = smallDisk()
  if (disk === undefined) {
    console.log('A full disk was not tried: no file system can be mounted here.')
    return
  }
  const folder = join(disk, 'results')
  const [before, full, after] = FULL ? [20_000, 10_000, 30_000] : [300, 1_000, 1_500]
  const script = `${IMPORTS}const runspan = startRunspan({ results: '${folder}' })
    let made = 0
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const until = Date.now() + ${before + full + after}
    while (Date.now() < until) {
      await runWorkflow('etl', async () => { await runStep('a', () => wait(2)) })
      made += 1
      if (made === 1) console.log('began')
      await wait(${FULL ? 150 : 20})
    }
    console.log('made ' + made)
    await wait(${scale(10_000, 3_000)})
    console.log('waiting ' + runspan.status().documents.waiting)
    await runspan.shutdown()`
  let filled = false
  const child = await runChild(script, {
    onOutput() {
      if (filled) return
      filled = true
      setTimeout(() => {
        spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4k'])
        setTimeout(() => rmSync(join(disk, 'filler'), { force: true }), full)
      }, before)
    },
  })
  expect(child.code).toBe(0)
  expect(child.stderr).not.toMatch(/^\w*Error/m)
  expect(child.stderr).toMatch(/the disk is full; free some space/)
  expect(child.stdout).toContain('waiting 0')
  expect(readDocuments(folder)).toHaveLength(Number(child.stdout.match(/made (\d+)/)?.[1]))
}, 300_000)

test('a results folder that many programs have died in is put in order by the next start', async () => {
  const folder = temporaryFolder()
  const hidden = join(folder, '.runspan')
  mkdirSync(hidden, { recursive: true })
  for (const name of ['x.journal', 'a-b-c.journal', '.journal', 'noise', 'x.journal.claimed.y'])
    writeFileSync(join(hidden, name), 'noise')
  const child = await runChild(
    `${IMPORTS}startRunspan({ results: '${folder}' }); await runWorkflow('etl', async () => 1)`,
  )
  expect(child).toMatchObject({ code: 0, stderr: '' })
  expect(readDocuments(folder)).toHaveLength(1)
})
