import { expect, test } from 'vitest'
import { IMPORTS, leftovers, readDocuments, rowsOf, runChild, temporaryFolder } from './child.testsuite.js'

const _NOBODY = 65_534
const _ETL = `await runWorkflow('etl', async () => { await runStep('a', async () => 1) })\n`
const only = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1)
  return list[0] as T
}
const _lines = (text: string) => text.split('\n').filter((line) => line.startsWith('runspan: '))

const CHILD = `${IMPORTS}startRunspan(); await runStep('of the child', async () => 1)`

test('a child process joins the run through childEnv, into one document', async () => {
  const results = temporaryFolder()
  const child = await runChild(
    `${IMPORTS}
    import { spawnSync } from 'node:child_process'
    const runspan = startRunspan({ results: '${results}' })
    await runWorkflow('etl', async () => {
      await runStep('a', async () => {
        const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', process.env.SCRIPT], { env: runspan.childEnv() })
        if (status !== 0) console.log(String(stderr))
      })
      await runStep('b', () => 1)
    })
    await runspan.shutdown()`,
    { env: { SCRIPT: CHILD } },
  )
  expect(child).toMatchObject({ code: 0, stdout: '', stderr: '' })
  const document = only(readDocuments(results))
  expect(rowsOf(document)).toEqual(['a success', 'of the child success', 'b success'])
  expect(document.steps[0]?.steps.map(({ name }) => name)).toEqual(['of the child'])
  expect(leftovers(results)).toEqual([])
})

test('a child that lives longer than the run, and its process, is not lost', async () => {
  const results = temporaryFolder()
  const slow = `${IMPORTS}startRunspan()
    await runStep('of the child', async () => {
      const isThere = () => { try { return process.kill(Number(process.env.PARENT), 0) } catch { return false } }
      while (isThere()) await new Promise((resolve) => setTimeout(resolve, 20))
    })`
  const child = await runChild(
    `${IMPORTS}
    import { spawn } from 'node:child_process'
    const runspan = startRunspan({ results: '${results}' })
    await runWorkflow('etl', async () => {
      spawn(process.execPath, ['--input-type=module', '-e', process.env.SCRIPT], { env: { ...runspan.childEnv(), PARENT: String(process.pid) }, detached: true, stdio: 'ignore' }).unref()
      await runStep('a', () => 1)
    })
    await runspan.shutdown()`,
    { env: { SCRIPT: slow } },
  )
  expect(child).toMatchObject({ code: 0, stderr: '' })
  await expect
    .poll(() => rowsOf(readDocuments(results)[0]), { timeout: 20_000 })
    .toEqual(['a success', 'of the child success'])
  expect(readDocuments(results)).toHaveLength(1)
  expect(only(readDocuments(results)).provenance.revision).toBeGreaterThan(1)
})

test('a child that is killed leaves its step as interrupted in the document of the run', async () => {
  const results = temporaryFolder()
  const dying = `${IMPORTS}startRunspan(); await runStep('of the child', async () => process.kill(process.pid, 'SIGKILL'))`
  await runChild(
    `${IMPORTS}
    import { spawnSync } from 'node:child_process'
    const runspan = startRunspan({ results: '${results}' })
    await runWorkflow('etl', async () => {
      spawnSync(process.execPath, ['--input-type=module', '-e', process.env.SCRIPT], { env: runspan.childEnv() })
    })
    await runspan.shutdown()`,
    { env: { SCRIPT: dying } },
  )
  expect(rowsOf(only(readDocuments(results)))).toEqual(['of the child interrupted'])
  expect(leftovers(results)).toEqual([])
})

test('a worker thread joins the run through headers', async () => {
  const results = temporaryFolder()
  const worker = `
    import { workerData } from 'node:worker_threads'
    ${IMPORTS}
    const runspan = startRunspan()
    await continueRun(workerData, () => runStep('of the worker', async () => 1))
    await runspan.shutdown()`
  const child = await runChild(
    `${IMPORTS}
    import { Worker } from 'node:worker_threads'
    import { once } from 'node:events'
    const runspan = startRunspan()
    await runWorkflow('etl', async () => {
      const url = new URL('data:text/javascript,' + encodeURIComponent(process.env.SCRIPT.replace(/'@runspan\\/(\\w+)'/g, (_, name) => JSON.stringify(import.meta.resolve('@runspan/' + name)))))
      await once(new Worker(url, { workerData: headers() }), 'exit')
    })
    await runspan.shutdown()`,
    { env: { SCRIPT: worker, RUNSPAN_RESULTS_DIR: results } },
  )
  expect(child).toMatchObject({ code: 0, stderr: '' })
  expect(rowsOf(only(readDocuments(results)))).toEqual(['of the worker success'])
})

test('8 processes write into one folder at once, and nothing is lost or mixed', async () => {
  const results = temporaryFolder()
  const script = `${IMPORTS}const runspan = startRunspan({ results: '${results}' })
    for (let i = 0; i < 20; i += 1) await runWorkflow('etl', { runId: 'same-' + i }, async () => { await runStep('p' + process.pid, () => i) })
    await runspan.shutdown()`
  const children = await Promise.all(Array.from({ length: 8 }, () => runChild(script)))
  expect(children.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(Array.from({ length: 8 }, () => '0'))
  const documents = readDocuments(results)
  expect(documents).toHaveLength(160)
  expect(new Set(documents.map(({ run }) => run.key)).size).toBe(160)
  expect(leftovers(results)).toEqual([])
})
