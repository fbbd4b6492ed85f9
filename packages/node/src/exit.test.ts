import { existsSync } from 'node:fs'
import { recover } from '@runspan/exporter'
import { describe, expect, test } from 'vitest'
import { IMPORTS, leftovers, readDocuments, receive, rowsOf, runChild, temporaryFolder } from './child.testsuite.js'

/** What a program does to come to its end, and whether our last line can still be written. */
const ENDS: Readonly<Record<string, { end: string; node?: string[]; said?: boolean; recovered?: boolean }>> = {
  SIGKILL: { end: `process.kill(process.pid, 'SIGKILL'); await forever()`, recovered: true },
  SIGTERM: { end: `process.kill(process.pid, 'SIGTERM'); await forever()`, said: true },
  SIGINT: { end: `process.kill(process.pid, 'SIGINT'); await forever()`, said: true },
  SIGHUP: { end: `process.kill(process.pid, 'SIGHUP'); await forever()`, said: true },
  'process.exit': { end: `process.exit(3)`, said: true },
  throw: { end: `setTimeout(() => { throw new Error('boom') }); await forever()`, said: true },
  rejection: { end: `Promise.reject(new Error('boom')); await forever()`, said: true },
  abort: { end: `process.abort()`, recovered: true },
  'heap exhaustion': {
    end: `const all = []; for (;;) all.push(new Array(1e5).fill(Math.random()))`,
    node: ['--max-old-space-size=48'],
    recovered: true,
  },
  'stack overflow': { end: `setTimeout(function f() { f(f()) }); await forever()`, said: true },
  'a promise that never settles': { end: `await new Promise(() => undefined)`, said: true },
}

/** A script that ends in the middle of a step. */
const script = (start: string, end: string) => `${start}
  const forever = () => new Promise((resolve) => setTimeout(resolve, 30_000))
  await runWorkflow('etl', async () => {
    await runStep('before', () => 1)
    await runStep('outer', () => runStep('inner', async () => { ${end} }))
  })`

describe.each(Object.entries(ENDS))(
  'a process that ends by %s',
  (_name, { end, node = [], said = false, recovered = false }) => {
    test('ends as it would without us, and leaves a document that says what was running', async () => {
      const results = temporaryFolder()
      const plain = `const runStep = async (_, fn) => fn(), runWorkflow = runStep`
      const [without, withUs] = await Promise.all([
        runChild(script(plain, end), { node }),
        runChild(script(`${IMPORTS}startRunspan({ results: '${results}' })`, end), { node }),
      ])
      expect({ code: withUs.code, signal: withUs.signal }).toEqual({ code: without.code, signal: without.signal })
      const ours = withUs.stderr.split('\n').filter((line) => line.startsWith('runspan: '))
      const word = (text: string) =>
        text.match(/^\w*Error: .*$|FATAL ERROR.*|Warning: .*/m)?.[0]?.replace(/0x[\da-f]+/g, '')
      expect(word(withUs.stderr)).toBe(word(without.stderr))
      expect(ours).toEqual(
        said ? ['runspan: the process ended while this was running: etl (outer, inner). The documents say so.'] : [],
      )
      const recovery = recover(results)
      expect(recovery.runs).toHaveLength(recovered ? 1 : 0)
      const documents = readDocuments(results)
      expect(documents.map(rowsOf)).toEqual([['before success', 'outer interrupted', 'inner interrupted']])
      expect(documents[0]?.run.outcome).toBe('interrupted')
      expect(documents[0]?.provenance.recovered).toBe(recovered)
      expect(leftovers(results)).toEqual([])
    })
  },
)

test('the next start makes the documents of a process that was killed, by itself', async () => {
  const results = temporaryFolder()
  await runChild(
    script(
      `${IMPORTS}startRunspan({ results: '${results}' })`,
      `process.kill(process.pid, 'SIGKILL'); await forever()`,
    ),
  )
  expect(existsSync(`${results}/etl`)).toBe(false)
  const next = await runChild(`${IMPORTS}const runspan = startRunspan({ results: '${results}' })
    console.log(runspan.status().documents.recovered)`)
  expect(next).toMatchObject({ code: 0, stdout: '1\n', stderr: '' })
  expect(readDocuments(results).map(rowsOf)).toEqual([['before success', 'outer interrupted', 'inner interrupted']])
})

test("a signal that the program handles itself is the program's: it goes on, and its runs too", async () => {
  const results = temporaryFolder()
  const child = await runChild(
    `${IMPORTS}startRunspan({ results: '${results}' })
    const heard = new Promise((resolve) => process.once('SIGTERM', resolve)), timer = setInterval(() => undefined, 1_000)
    await runWorkflow('etl', async () => { await runStep('wait', async () => { console.log('ready'); await heard; clearInterval(timer) }) })`,
    { onOutput: (_text, kill) => kill('SIGTERM') },
  )
  expect(child).toMatchObject({ code: 0, signal: null, stderr: '' })
  expect(readDocuments(results).map(rowsOf)).toEqual([['wait success']])
})

test.each([
  ['once, before the start', `process.once('SIGTERM', heard)`, ``],
  ['once and first, after the start', ``, `process.prependOnceListener('SIGTERM', heard); await tick()`],
  ['once, after the start', ``, `process.once('SIGTERM', heard)`],
])('a graceful shutdown is not cut short: a handler that was added %s', async (_when, before, after) => {
  const results = temporaryFolder()
  const child = await runChild(
    `${IMPORTS}const timer = setInterval(() => undefined, 1_000), tick = () => new Promise(setImmediate)
    const heard = () => setTimeout(() => { clearInterval(timer); console.log('closed') }, 50)
    ${before}
    startRunspan({ results: '${results}' })
    ${after}
    process.kill(process.pid, 'SIGTERM')`,
  )
  expect(child).toMatchObject({ code: 0, signal: null, stdout: 'closed\n', stderr: '' })
})

test('after a handler that heard one signal is gone, the next signal ends the process', async () => {
  const child = await runChild(
    `${IMPORTS}process.once('SIGTERM', () => process.kill(process.pid, 'SIGTERM'))
    startRunspan({ results: false })
    setInterval(() => undefined, 1_000)
    process.kill(process.pid, 'SIGTERM')`,
  )
  expect(child).toMatchObject({ code: null, signal: 'SIGTERM' })
})

test('what runs from a later beforeExit is sent too', async () => {
  const { url, seen } = await receive()
  const child = await runChild(
    `${IMPORTS}const r = startRunspan({ results: false, endpoint: '${url}' })
    let times = 0
    process.on('beforeExit', () => {
      times += 1
      if (times === 2) setTimeout(() => void runWorkflow('late', async () => 1), 10)
    })
    process.on('exit', () => console.log(r.status().spans))
    await runWorkflow('early', async () => 1)`,
  )
  expect(child).toMatchObject({ code: 0, stdout: '{ sent: 2, lost: 0 }\n', stderr: '' })
  expect(seen).toHaveLength(2)
})

test.each([
  ['a run at each beforeExit', 6, ``, `process.on('beforeExit', () => runWorkflow('bye', async () => 1))`],
  [
    'a sink that fails and makes a span at each try',
    2,
    `, sinks: [{ name: 'bad', write() { trace.getTracer('http').startSpan('POST').end(); throw new Error('no') } }]`,
    ``,
  ],
])('%s does not keep the process from its end', async (_what, most, option, script) => {
  const { url } = await receive()
  const child = await runChild(
    `import { trace } from '@opentelemetry/api'${IMPORTS}
    let times = 0
    process.on('beforeExit', () => { times += 1; if (times > ${most}) process.exit(9) })
    startRunspan({ results: false, endpoint: '${url}'${option} })
    ${script}
    await runWorkflow('etl', async () => 1)`,
  )
  expect(child.code).toBe(0)
})

test('a second signal ends the process at once', async () => {
  const results = temporaryFolder()
  const child = await runChild(
    `${IMPORTS}startRunspan({ results: '${results}' })
    setInterval(() => undefined, 1_000)
    console.log('ready')`,
    {
      onOutput(_text, kill) {
        kill('SIGTERM')
        kill('SIGTERM')
      },
    },
  )
  expect(child.signal).toBe('SIGTERM')
})

test('without a run that is open the end is silent', async () => {
  const results = temporaryFolder()
  for (const end of [`process.exit(0)`, `process.kill(process.pid, 'SIGTERM')`, ``]) {
    const child = await runChild(
      `${IMPORTS}startRunspan({ results: '${results}' }); await runWorkflow('etl', async () => 1); ${end}`,
    )
    expect(child.stderr).toBe('')
  }
})
