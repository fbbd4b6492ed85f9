import { recover } from '@runspan/exporter'
import { expect, test } from 'vitest'
import {
  IMPORTS,
  leftovers,
  readDocuments,
  runChild,
  temporaryFolder,
} from '../../packages/node/src/child.testsuite.js'
import { inTurns, scale } from './scale.js'

/** Ways to die; each is called at a random moment, from within some step. */
const WAYS: Readonly<Record<string, { die: string; node?: string[] }>> = {
  SIGKILL: { die: `process.kill(process.pid, 'SIGKILL'); await forever` },
  SIGTERM: { die: `process.kill(process.pid, 'SIGTERM'); await forever` },
  SIGINT: { die: `process.kill(process.pid, 'SIGINT'); await forever` },
  'process.exit': { die: `process.exit(3)` },
  throw: { die: `setImmediate(() => { throw new Error('boom') }); await forever` },
  rejection: { die: `Promise.reject(new Error('boom')); await forever` },
  abort: { die: `process.abort()` },
  'heap exhaustion': {
    die: `const all = []; for (;;) all.push(new Array(1e5).fill(Math.random()))`,
    node: ['--max-old-space-size=48'],
  },
  'stack overflow': { die: `setImmediate(function f() { f(f()) }); await forever` },
  'a promise that never settles': { die: `clearInterval(alive); await new Promise(() => undefined)` },
}

/** Nested and parallel steps without end; each says on stdout, before and after, that it runs. */
const script = (folder: string, moment: number, die: string) => `${IMPORTS}
  import { writeSync } from 'node:fs'
  startRunspan({ results: '${folder}' })
  const alive = setInterval(() => undefined, 1_000)
  const forever = new Promise(() => undefined)
  let left = ${moment}, number = 0
  const work = async (depth) => {
    number += 1
    const name = 's' + number
    writeSync(1, '+' + name + '\\n')
    await runStep(name, async () => {
      left -= 1
      if (left === 0) { ${die} }
      if (left < 0) await forever
      await new Promise((resolve) => setImmediate(resolve))
      if (depth < 4) {
        await work(depth + 1)
        if (number % 3 === 0) await Promise.all([work(depth + 1), work(depth + 1)])
      }
    })
    writeSync(1, '-' + name + '\\n')
  }
  await runWorkflow('etl', async () => { for (;;) await work(0) })`

/** The steps that were running, as the program itself told it. */
function truth(stdout: string): { running: string[]; done: string[] } {
  const running = new Set<string>()
  const done: string[] = []
  for (const line of stdout.split('\n')) {
    if (line.startsWith('+')) running.add(line.slice(1))
    if (!line.startsWith('-')) continue
    running.delete(line.slice(1))
    done.push(line.slice(1))
  }
  return { running: [...running].sort(), done: done.sort() }
}

test(`${Object.keys(WAYS).length} ways to die, at ${scale(20, 1)} moments each: every document says exactly what was running`, async () => {
  const cases = Object.entries(WAYS).flatMap(([way, how]) =>
    Array.from({ length: scale(20, 1) }, () => ({ way, ...how })),
  )
  let slowest = 0
  await inTurns(cases.length, 3, async (index) => {
    const { way, die, node = [] } = cases[index] as (typeof cases)[number]
    const folder = temporaryFolder()
    const moment = 1 + Math.floor(Math.random() * 120)
    const child = await runChild(script(folder, moment, die), { node })
    const began = performance.now()
    recover(folder)
    slowest = Math.max(slowest, performance.now() - began)
    const documents = readDocuments(folder)
    expect(documents, `${way} at ${moment}: ${child.stderr}`).toHaveLength(1)
    const statuses = documents[0]?.statuses ?? []
    const named = (status: string) =>
      statuses.filter((row) => row.status === status && row.run_id !== '0000').map(({ title }) => title)
    expect({ running: named('interrupted').sort(), done: named('success').sort() }, `${way} at ${moment}`).toEqual(
      truth(child.stdout),
    )
    expect(leftovers(folder)).toEqual([])
  })
  expect(slowest).toBeLessThan(5_000)
}, 900_000)
