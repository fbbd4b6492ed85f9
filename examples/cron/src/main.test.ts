import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SOURCE = fileURLToPath(new URL('.', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runspan-cron-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs the script as cron does: in a strange folder, with next to no environment, and nobody at the terminal. */
async function night(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(SOURCE, 'main.js'), ...args], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', RUNSPAN_RESULTS_DIR: join(folder, 'results') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const [code] = await once(child, 'close')
  return { code, output }
}

async function documents() {
  const names = (await readdir(join(folder, 'results', 'backup'))).sort()
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, 'results/backup', name), 'utf8'))),
  )
}

describe('the batch script', () => {
  it('copies the files, removes old copies, and leaves a document that says so', async () => {
    const backups = join(folder, 'backups')
    await mkdir(join(backups, '2020-01-01'), { recursive: true })
    const names = (await readdir(SOURCE)).sort()
    const { code, output } = await night(SOURCE, backups)
    expect([code, output]).toEqual([0, `${names.length} files copied, 1 old copies removed\n`])

    const [day, ...more] = await readdir(backups)
    expect(more).toEqual([])
    expect((await readdir(join(backups, day!))).sort()).toEqual(names.map((name) => `${name}.gz`))
    const copy = gunzipSync(await readFile(join(backups, day!, 'backup.js.gz')))
    expect(copy).toEqual(await readFile(join(SOURCE, 'backup.js')))

    const [document] = await documents()
    expect(document.run).toMatchObject({ name: 'backup', outcome: 'success' })
    expect(document.steps.map((step: { name: string }) => step.name)).toEqual([
      'list',
      ...names.map(() => 'copy'),
      'prune',
    ])
  })

  it('exits with 1 and leaves a failed document when there is nothing to copy', async () => {
    const empty = join(folder, 'empty')
    await mkdir(empty)
    expect(await night(empty, join(folder, 'none'))).toEqual({
      code: 1,
      output: `'${empty}' holds no files; is it the right folder?\n`,
    })
    const document = (await documents()).at(-1)
    expect(document.statuses.at(-1)).toMatchObject({ title: 'list', status: 'failed', target: empty })
  })

  it('exits with 2 when it is called wrongly, and runs nothing', async () => {
    const { code, output } = await night('only-one')
    expect([code, output]).toEqual([2, expect.stringMatching(/^Usage:/)])
  })
})
