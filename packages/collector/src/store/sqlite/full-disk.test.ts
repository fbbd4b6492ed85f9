import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { getJson, makeFolder, makeRun, openCollector, send, toRequest } from '../../testing.testsuite.js'

const built = new URL('../../../dist/index.js', import.meta.url).href
const SERVER = `
  const { startCollector } = await import(${JSON.stringify(built)})
  console.log((await startCollector({ store: process.argv[1], port: 0 })).url)
`

test('a disk that is full is temporary trouble: 503 until there is room, and nothing acknowledged is lost (S2, R13)', async () => {
  const store = join(makeFolder(), 'store.db')
  // The shell's limit on the size of files makes every write beyond it fail, as a full disk does.
  const script = `trap '' XFSZ; ulimit -f 800; exec "$0" --input-type=module -e "$1" "$2"`
  const child = spawn('sh', ['-c', script, process.execPath, SERVER, store], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const full = { url } as Parameters<typeof send>[0]

  const acknowledged: number[] = []
  let answer: Response
  for (let run = 1; ; run++) {
    answer = await send(full, toRequest(makeRun(run, 20)))
    if (answer.status !== 200) break
    acknowledged.push(run)
    expect(run).toBeLessThan(500)
  }
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await answer.text()).not.toMatch(/sqlite|disk|full|\.db/i)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  expect((await send(full, '{')).status).toBe(400)
  const listed = await getJson(full, '/api/runs?limit=200')
  expect(listed.runs).toHaveLength(Math.min(200, acknowledged.length))
  child.kill('SIGKILL')
  await once(child, 'exit')

  const roomy = await openCollector({ store })
  for (const run of acknowledged) {
    const found = await getJson(roomy, `/api/runs/run-${run}`)
    expect(found.summary.steps, `run ${run}`).toMatchObject({ known: 20 })
  }
  expect((await send(roomy, toRequest(makeRun(999, 20)))).status).toBe(200)
  expect((await fetch(`${roomy.url}/readyz`)).status).toBe(200)
})
