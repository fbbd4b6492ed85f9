import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { runStep, trackStep, trackWorkflow } from '@runspan/sdk'

const DAY_MS = 86_400_000

/** Copies each file of a folder, compressed, into a folder of the day; proves the copies, then removes old ones. */
export const backup = trackWorkflow('backup', { version: '1.0.0' }, async (folder, backups, keepDays) => {
  const names = await list(folder)
  const target = join(backups, new Date().toISOString().slice(0, 10))
  await mkdir(target, { recursive: true })
  for (const name of names) await copy(join(folder, name), join(target, `${name}.gz`))
  const removed = await runStep('prune', () => prune(backups, keepDays))
  return { copied: names.length, removed }
})

const list = trackStep('list', { target: (folder) => folder }, async (folder) => {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
  if (names.length === 0) throw new Error(`'${folder}' holds no files; is it the right folder?`)
  return names.sort()
})

// A disk that is busy for a moment is no reason to have no copy tonight.
const copy = trackStep('copy', { target: (from) => from, retry: { maxRetries: 2, delay: '1s' } }, async (from, to) => {
  const hash = createHash('sha256')
  const source = createReadStream(from).on('data', (chunk) => hash.update(chunk))
  await pipeline(source, createGzip(), createWriteStream(to))
  const copied = createHash('sha256')
  await pipeline(createReadStream(to), createGunzip(), copied)
  if (copied.digest('hex') !== hash.digest('hex')) throw new Error(`the copy of '${from}' differs from it`)
})

async function prune(backups, keepDays) {
  const before = Date.now() - keepDays * DAY_MS
  let removed = 0
  for (const name of await readdir(backups)) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(name)) continue
    const path = join(backups, name)
    if (Date.parse(name) + DAY_MS > before || !(await stat(path)).isDirectory()) continue
    await rm(path, { recursive: true })
    removed += 1
  }
  return removed
}
