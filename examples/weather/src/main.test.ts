import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DetailedDocument } from '@runspan/results'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOW_TO } from './how-to.js'

const EXAMPLE = fileURLToPath(new URL('..', import.meta.url))
const MAIN = join(EXAMPLE, 'dist', 'main.js')

interface Ended {
  code: number | null
  out: string[]
  err: string
}

/** Runs the built example, or other code, as its users do: in a process of its own. */
function run(args: string[], env: Record<string, string>, cwd = EXAMPLE): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env.PATH, NO_COLOR: '1', LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out: out.split('\n'), err }))
  })
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runspan-weather-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The documents in a results folder, oldest first: a run's id begins with its time. */
async function readDocuments(results: string): Promise<DetailedDocument[]> {
  const names = (await readdir(join(results, 'weather'))).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(results, 'weather', name), 'utf8')))
  return texts.map((text) => JSON.parse(text) as DetailedDocument)
}

describe('a run', () => {
  let ended: Ended
  let document: DetailedDocument
  let results: string

  beforeAll(async () => {
    results = join(folder, 'results')
    ended = await run([MAIN], { RUNSPAN_RESULTS_DIR: results })
    document = (await readDocuments(results))[0]!
  })

  it('exits with 0, says nothing on standard error and writes no colour into a pipe', () => {
    expect([ended.code, ended.err]).toEqual([0, ''])
    expect(ended.out.join('\n')).not.toContain('\x1b')
  })

  it('prints a line per finished step, each retried try before its step', () => {
    const steps = ended.out.slice(0, ended.out.indexOf('')).map((line) => line.replace(/ {2,}[0-9.]+ m?s/, ' -'))
    const years = steps.splice(6, 4)
    expect(steps).toEqual([
      '↻ fetch -  attempt 1: HttpError: 503 Service Unavailable',
      '↻ fetch -  attempt 2: HttpError: 503 Service Unavailable',
      '✓ fetch -  3 tries',
      '✓ parse -',
      '✓ validate -  2 warnings',
      '✓ clean -',
      '✓ aggregate -',
      '» snow alert -  no snow in 2015',
      '✓ publish -',
    ])
    expect(years.sort()).toEqual(['2012', '2013', '2014', '2015'].map((year) => `  ✓ year (${year}) -`))
  })

  it('sums up, names document, trace and success rate, and ends with how to do the same', () => {
    const { id, trace_id } = document.run
    const text = ended.out.join('\n')
    expect(text).toMatch(
      new RegExp(`^✓ weather v1.0.0 · ${id} · success in .* · 10 ok, 1 skipped, 2 retries, 2 warnings$`, 'm'),
    )
    expect(text).toContain(`document      ${join(results, 'weather', `${id}.json`)}`)
    expect(text).toMatch(/^both roads {4}agree: /m)
    expect(text).toContain(`trace         ${trace_id}`)
    expect(text).toContain('success rate  100.0 % of 1 run: 1 / (1 succeeded + 0 failed)')
    expect(text).not.toContain('last run')
    expect(ended.out.slice(-7)).toEqual(['The same for your own function:', ...HOW_TO.map((line) => `  ${line}`), ''])
  })

  it('S0.18 leaves a document with two retry rows before the row of the fetch', () => {
    expect(document.statuses.slice(0, 3).map((row) => [row.run_id, row.title, row.status, row.error_code])).toEqual([
      ['0001_retry_0', 'fetch (Retry 1)', 'retry', 503],
      ['0001_retry_1', 'fetch (Retry 2)', 'retry', 503],
      ['0001', 'fetch', 'success', null],
    ])
    expect(document.statuses[0]?.error_message).toBe('Attempt 1 failed: 503 Service Unavailable')
    expect(document.statuses[2]?.target).toBe('/seattle-weather.csv')
  })

  it('has the skipped step, the warnings and the nested steps in its document', () => {
    const steps = new Map(document.steps.map((step) => [step.name, step]))
    expect(steps.get('snow alert')).toMatchObject({ outcome: 'skipped', reason: 'no snow in 2015' })
    expect(steps.get('validate')).toMatchObject({ outcome: 'success' })
    expect(steps.get('validate')?.warnings).toEqual([
      '44 days with rain without precipitation, the first on 2012-01-07',
      '2 days with snow above 3 °C, the first on 2012-03-15',
    ])
    expect(steps.get('aggregate')?.steps.map(({ title }) => title)).toEqual(['2012', '2013', '2014', '2015'])
    expect(steps.get('publish')?.target).toBe(join(results, 'weather-output'))
    expect(document.run).toMatchObject({ name: 'weather', version: '1.0.0', outcome: 'success' })
  })

  it('ran the years side by side', () => {
    const years = document.steps.find(({ name }) => name === 'aggregate')?.steps ?? []
    const lastStart = years.map(({ started_at }) => started_at).sort()[3]!
    for (const { ended_at } of years) expect(ended_at! > lastStart).toBe(true)
  })

  it('wrote a table of 48 months and a chart', async () => {
    const table = await readFile(join(results, 'weather-output', 'months.csv'), 'utf8')
    expect(table.split('\n').slice(0, 2)).toEqual([
      'month,days,temp_max,temp_mean,temp_min,precipitation,wet_days,snow_days,wind',
      '2012-01,31,7.05,4.3,1.54,173.3,22,7,3.9',
    ])
    expect(table.trim().split('\n')).toHaveLength(49)
    expect(await readFile(join(results, 'weather-output', 'chart.svg'), 'utf8')).toMatch(/^<svg[\s\S]*<\/svg>\n$/)
  })
})

describe('a run of a corrupted file', () => {
  let ended: Ended
  let results: string

  beforeAll(async () => {
    results = join(folder, 'broken')
    await run([MAIN], { RUNSPAN_RESULTS_DIR: results })
    ended = await run([MAIN, '--broken'], { RUNSPAN_RESULTS_DIR: results })
  })

  it('exits with 1, and the summary says which step failed, why and where', () => {
    expect(ended.code).toBe(1)
    const text = ended.out.join('\n')
    expect(text).toMatch(/^✗ validate .* Error: 731 of 1461 rows cannot be read; line 732: weather is "5"/m)
    expect(text).toMatch(/^✗ weather v1.0.0 · .* · failed in .* · 2 ok, 1 failed, 2 retries/m)
    expect(text).toMatch(/^ {2}validate {3}E003 {3}code 422\n {2}Error: 731 of 1461 rows .*\n {6}at .*weather\./m)
  })

  it('S0.19 leaves a document whose failed row has an integer code, the message and the stack', async () => {
    const document = (await readDocuments(results))[1]!
    expect(document.statuses.at(-1)).toMatchObject({
      run_id: '0003',
      title: 'validate',
      status: 'failed',
      error_code: 422,
    })
    expect(document.statuses.at(-1)?.error_message).toMatch(/^731 of 1461 rows cannot be read/)
    expect(document.statuses.at(-1)?.stacktrace).toMatch(/^Error: 731 of 1461 rows[\s\S]*\n {4}at /)
    expect(document.run.outcome).toBe('failed')
  })

  it('S0.22 counts in the success rate, and is compared with the run before it', () => {
    const text = ended.out.join('\n')
    expect(text).toContain('success rate  50.0 % of 2 runs: 1 / (1 succeeded + 1 failed)')
    expect(text).toMatch(/^both roads {4}agree: /m)
    expect(text).toMatch(/^last run {6}success, now failed, /m)
  })
})

describe.concurrent('bad surroundings', () => {
  it('an unknown argument is wrong usage: exit 2, with the usage, and nothing is run', async () => {
    const results = join(folder, 'usage')
    const ended = await run([MAIN, '--brokn'], { RUNSPAN_RESULTS_DIR: results })
    expect([ended.code, ended.out]).toEqual([2, ['']])
    expect(ended.err).toMatch(/--brokn[\s\S]*Usage: npm start \[-- --broken\]/)
    await expect(readdir(results)).rejects.toThrow('ENOENT')
  })

  it('a results folder that cannot be made costs the document, not the answer: a clear line, and no exit code 0', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, '')
    const ended = await run([MAIN], { RUNSPAN_RESULTS_DIR: join(file, 'results') })
    expect(ended.code).toBe(1)
    expect(ended.out.join('\n')).toMatch(/^ {2}publish {3}.*\n {2}Error: ENOTDIR/m)
    expect(ended.err).toContain(`No document: '${join(file, 'results', 'weather')}`)
  })

  it('a folder for documents that is a file costs the document only: exit 3', async () => {
    const results = join(folder, 'half')
    await run([MAIN], { RUNSPAN_RESULTS_DIR: results })
    await rm(join(results, 'weather'), { recursive: true })
    await writeFile(join(results, 'weather'), 'in the way')
    const ended = await run([MAIN], { RUNSPAN_RESULTS_DIR: results })
    expect(ended.code).toBe(3)
    expect(ended.out.join('\n')).toMatch(/^✓ weather /m)
    expect(ended.err).toMatch(/No document: .* could not be written/)
  })

  it('an endpoint that nobody listens at breaks nothing', async () => {
    const env = { RUNSPAN_RESULTS_DIR: join(folder, 'otlp'), OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
    const ended = await run([MAIN], env)
    expect(ended.code).toBe(0)
    expect(await readDocuments(join(folder, 'otlp'))).toHaveLength(1)
  })

  it('without documents it says so and is well', async () => {
    const ended = await run([MAIN], { RUNSPAN_RESULTS_DIR: 'none' }, await mkdtemp(join(folder, 'cwd-')))
    expect([ended.code, ended.err]).toEqual([0, ''])
    expect(ended.out).toContain('document  none: RUNSPAN_RESULTS_DIR=none')
  })

  it('switched off, the pipeline does its work all the same', async () => {
    const results = join(folder, 'off')
    const ended = await run([MAIN], { RUNSPAN_RESULTS_DIR: results, RUNSPAN_DISABLED: 'true' })
    expect(ended.code).toBe(0)
    expect(ended.err).toContain('Nothing was tracked')
    expect(await readdir(results)).not.toContain('weather')
  })
})

describe('the five lines at the end', () => {
  it('run as they are, and leave a document', async () => {
    const results = join(folder, 'how-to')
    const ended = await run(['--input-type=module', '-e', HOW_TO.join('\n')], { RUNSPAN_RESULTS_DIR: results })
    expect([ended.code, ended.out, ended.err]).toEqual([0, ['your code here', ''], ''])
    expect(await readdir(join(results, 'my_job'))).toHaveLength(1)
  })
})
