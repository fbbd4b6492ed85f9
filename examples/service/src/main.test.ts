import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const WEATHER = fileURLToPath(new URL('../../../node_modules/vega-datasets/data/seattle-weather.csv', import.meta.url))

let folder: string
let service: ChildProcess
let url: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runspan-service-'))
  service = spawn(process.execPath, [fileURLToPath(new URL('main.js', import.meta.url))], {
    env: { PATH: process.env.PATH, PORT: '0', RUNSPAN_RESULTS_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(service.stdout!.setEncoding('utf8'), 'data')) as [string]
  url = line.trim().replace('listening on ', '')
})
afterAll(async () => {
  if (service.exitCode === null) service.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const post = (body: string) =>
  fetch(`${url}/summaries`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body })

describe('the service', () => {
  it('answers what the numbers of a table hold, and names the run', async () => {
    const response = await post(await readFile(WEATHER, 'utf8'))
    const summary = (await response.json()) as { run: string; rows: number; columns: { name: string }[] }
    expect(response.status).toBe(200)
    expect(summary.run).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/)
    expect(summary.rows).toBe(1461)
    expect(summary.columns).toEqual([
      { name: 'precipitation', min: 0, max: 55.9, mean: 3.029 },
      { name: 'temp_max', min: -1.6, max: 35.6, mean: 16.439 },
      { name: 'temp_min', min: -7.1, max: 18.3, mean: 8.235 },
      { name: 'wind', min: 0.4, max: 9.5, mean: 3.241 },
    ])
  })

  it('answers 422 to a text that is no table', async () => {
    const response = await post('a,b\n1,2\n3\n')
    expect([response.status, await response.json()]).toEqual([422, { error: 'line 3 has 1 values, the header has 2' }])
  })

  it('leaves a document per job, the failed one with code and stack, and ends in order', async () => {
    service.kill('SIGTERM')
    const [code] = await once(service, 'exit')
    expect(code).toBe(0)
    const names = (await readdir(join(folder, 'summarise'))).sort()
    const documents = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(folder, 'summarise', name), 'utf8'))),
    )
    expect(documents.map(({ run }) => run.outcome)).toEqual(['success', 'failed'])
    expect(documents[0].steps.map((step: { name: string }) => step.name)).toEqual([
      'parse',
      'find numbers',
      ...Array.from({ length: 4 }, () => 'measure'),
    ])
    expect(documents[1].statuses[0]).toMatchObject({ title: 'parse', status: 'failed', error_code: 422 })
    expect(documents[1].statuses[0].stacktrace).toContain('UnreadableError')
  })
})
