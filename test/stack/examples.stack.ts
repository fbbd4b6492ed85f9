import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servedDocument, servedRuns } from './documents.js'
import { startPostgres } from './postgres.js'
import { eventually, runProgram } from './program.js'
import { binary, openSite, type RunspanServer, root, type Site, startRunspanServer } from './stack.js'

let site: Site
let runspan: RunspanServer
beforeAll(async () => {
  site = await openSite()
  runspan = await startRunspanServer(site)
})
afterAll(() => site.close())

/** The document of a run as soon as this many of its steps, nested ones too, have ended. */
const documentWith = (key: string, rows: number) =>
  eventually(`${rows} rows of ${key}`, async () => {
    const found = await servedDocument(runspan.url, key)
    const ended = found?.statuses.filter(({ status }) => status !== 'running') ?? []
    return found?.run.outcome !== 'running' && ended.length >= rows && found
  })

interface Branch {
  readonly name: string
  readonly steps: readonly Branch[]
}
const outline = (steps: readonly Branch[]): unknown[] =>
  steps.map(({ name, steps: inner }) => (inner.length === 0 ? name : [name, ...outline(inner)]))

describe('the queue', () => {
  let env: Record<string, string>
  beforeAll(async () => {
    env = {
      DATABASE_URL: await startPostgres(site),
      RUNSPAN_ENDPOINT: runspan.url,
      RUNSPAN_RESULTS_DIR: join(site.folder, 'queue'),
    }
    const worker = site.start(process.execPath, [join(root, 'examples/queue/src/work.js'), join(site.folder, 'out')], {
      env,
    })
    await eventually('the worker', () => worker.output().includes('waiting for orders')).catch((error) => {
      throw new Error(`${error.message}\n${worker.output()}`)
    })
  })
  const send = (file: string) => runProgram(process.execPath, [join(root, 'examples/queue/src/send.js'), file], { env })

  it("writes the invoice in the worker, and the worker's steps stand below the step that sent the job", async () => {
    const { code, output } = await send(join(root, 'examples/queue/order.json'))
    expect([code, output]).toEqual([0, `${join(site.folder, 'out', '2026-0042.txt')}\n`])
    const [run] = await eventually('the run', async () => {
      const found = await servedRuns(runspan.url, 'order')
      return found.length === 1 && found
    })
    const document = await documentWith(run!.key, 6)
    expect(document.run.outcome).toBe('success')
    expect(outline(document.steps)).toEqual(['read', 'check', ['invoice', ['write invoice', 'render', 'save']]])
  })

  it('a worker that fails fails the run of its caller, with the stack of the worker', async () => {
    const file = join(site.folder, 'bad.json')
    await writeFile(file, JSON.stringify({ number: 'x', lines: [{ name: 'Ink', pieces: -1, price: 2 }] }))
    const { code, output } = await send(file)
    expect([code, output]).toEqual([1, "'Ink' has -1 pieces at 2\n"])
    const run = await eventually('the failed run', async () => {
      const found = await servedRuns(runspan.url, 'order')
      return found.find(({ outcome }) => outcome === 'failed')
    })
    const document = await documentWith(run.key, 5)
    const row = document.statuses.find(({ title }) => title === 'render')
    expect(row).toMatchObject({ status: 'failed', error_message: "'Ink' has -1 pieces at 2" })
    expect(row?.stacktrace).toMatch(/^RangeError[\s\S]*work\.js/)
  })
})

describe('the run in two languages', () => {
  const main = join(root, 'examples/polyglot/src/main.js')
  const env = () => ({
    PYTHON: binary('python-otel'),
    RUNSPAN_ENDPOINT: runspan.url,
    RUNSPAN_RESULTS_DIR: join(site.folder, 'polyglot'),
  })

  it('has the steps of the Node child and of the Python child in one document', async () => {
    const { code, output } = await runProgram(process.execPath, [main, join(root, 'LICENSE')], { env: env() })
    expect(code, output).toBe(0)
    const answer = JSON.parse(output) as { run: string; words: number; longest: string; mean: number }
    expect(answer).toMatchObject({ words: 1589, longest: 'representatives' })
    const document = await documentWith(answer.run, 7)
    expect(document.run.outcome).toBe('success')
    expect(outline(document.steps)).toEqual([
      ['count', 'load', 'split'],
      ['measure', ['measure.py', 'load in Python', 'statistics']],
    ])
  })

  it('has the stack of a step that fails in Python', async () => {
    const file = join(site.folder, 'numbers.txt')
    await writeFile(file, '1 2 3\n')
    const { code, output } = await runProgram(process.execPath, [main, file], { env: env() })
    expect(code).toBe(1)
    expect(output).toContain('measure.py ended with code 1')
    const run = await eventually('the failed run', async () => {
      const found = await servedRuns(runspan.url, 'read_text')
      return found.find(({ outcome }) => outcome === 'failed')
    })
    const document = await documentWith(run.key, 7)
    const row = document.statuses.find(({ title }) => title === 'statistics')
    expect(row).toMatchObject({ status: 'failed' })
    expect(row?.stacktrace).toMatch(/^Traceback[\s\S]*ValueError/)
  })
})
