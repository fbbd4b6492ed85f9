import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ATTR, type DetailedDocument } from '@runspan/results/core'
import { expect, test } from 'vitest'
import { delivery } from './deliver.testsuite.js'
import { createFileLane } from './file-lane.js'
import { resultFiles } from './file-sink.js'
import { temporaryFolder } from './fixture.testsuite.js'
import { createFolderFaults } from './folder-faults.js'
import type { Delivery } from './sink.js'

function open() {
  const folder = temporaryFolder()
  const files = resultFiles(folder)
  const settled: [revision: number, stands: boolean][] = []
  const said: string[] = []
  const lane = createFileLane(
    files,
    ({ document }, stands) => settled.push([document.provenance.revision, stands]),
    createFolderFaults(folder, (message) => said.push(message)),
  )
  const drain = () => lane.drain(AbortSignal.timeout(5_000))
  return { folder, files, lane, settled, said, drain }
}

const revised = (one: Delivery, revision: number): Delivery => {
  const provenance = { ...one.document.provenance, revision }
  return { ...one, document: { ...one.document, provenance } }
}
const revisionAt = (path: string | undefined) =>
  (JSON.parse(readFileSync(path as string, 'utf8')) as DetailedDocument).provenance.revision

test('of many revisions in a row the last one stands, and those that it overtook while they waited are not written', async () => {
  const { lane, settled, files, drain } = open()
  const one = delivery('etl')
  for (let revision = 1; revision <= 50; revision += 1) expect(lane.offer(revised(one, revision))).toBe(true)
  await drain()
  expect(settled).toEqual([
    [1, true],
    [50, true],
  ])
  expect(revisionAt(files.pathOf(one.key))).toBe(50)
})

test('in a hurry a document is there before offer returns, and what was on its way does not come over it', async () => {
  const { folder, lane, files, drain } = open()
  const one = delivery('etl')
  lane.offer(revised(one, 1))
  lane.hurry()
  expect(lane.offer(revised(one, 2))).toBe(true)
  expect(revisionAt(files.pathOf(one.key))).toBe(2)
  await drain()
  expect(revisionAt(files.pathOf(one.key))).toBe(2)
  expect(readdirSync(join(folder, '.runspan', 'tmp'))).toEqual([])
})

test('it falls behind by so much only: then a finished document is there at once, and a running one is refused', async () => {
  const { folder, lane, settled, drain } = open()
  const many = Array.from({ length: 200 }, (_, i) => delivery('etl', { attributes: { [ATTR.runId]: `run ${i}` } }))
  for (const one of many) expect(lane.offer(one)).toBe(true)
  expect(lane.counts().waiting).toBeLessThan(70)
  expect(settled.length).toBe(200 - lane.counts().waiting)
  expect(readdirSync(join(folder, 'etl'))).toHaveLength(settled.length)
  expect(lane.offer({ ...delivery('running'), final: false })).toBe(false)
  await drain()
  expect(lane.counts()).toEqual({ waiting: 0, dropped: 0 })
  expect(readdirSync(join(folder, 'etl'))).toHaveLength(200)
  expect(lane.offer({ ...delivery('running'), final: false })).toBe(true)
  await drain()
})

test('the program goes on while a large document is written', async () => {
  const { lane, drain } = open()
  const steps = Array.from({ length: 5_000 }, (_, i) => `step ${i}`)
  lane.offer(delivery('etl', { steps }))
  let turns = 0
  let written = false
  const turn = (): void => {
    turns += 1
    if (!written) setImmediate(turn)
  }
  turn()
  await drain()
  written = true
  expect(turns).toBeGreaterThan(1)
})
