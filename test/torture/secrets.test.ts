import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { IMPORTS, runChild, temporaryFolder } from '../../packages/node/src/child.testsuite.js'

const tail = (n: number) => `${n}Zq7Xw9Lm3Rt5Kp1Vb8N${n}`
/** Texts as they come, with the secret in each. */
const TEXTS = Array.from({ length: 4 }, (_, n) => [
  `password=${tail(n)}`,
  `{"api_key": "${tail(n)}"}`,
  `Authorization: Bearer ${tail(n)}`,
  `postgres://user:${tail(n)}@db.example.org/x`,
  `https://example.org/?token=${tail(n)}&page=2`,
  `AKIA${tail(n).toUpperCase().slice(0, 16)}`,
  `ghp_${tail(n)}${tail(n)}`,
  `xoxb-${tail(n)}`,
  `https://hooks.slack.com/services/T0/B0/${tail(n)}`,
  `Cookie: session=${tail(n)}`,
]).flat()
const secretIn = (text: string) => text.match(/\d?Zq7Xw9Lm3Rt5Kp1Vb8N\d|AKIA[A-Z0-9]{16}/i)?.[0] ?? text

/** The doors through which a text comes into a document. */
const ENTRANCES = `
  const doors = (text) => ({
    target: () => runStep('s', { target: text }, () => 1),
    tags: () => runStep('s', { tags: { note: text } }, () => 1),
    title: () => runStep('s', { title: text }, () => 1),
    input: () => trackStep('s', { capture: true }, (given) => 1)(text),
    inputObject: () => trackStep('s', { capture: true }, (given) => 1)({ note: text }),
    output: () => runStep('s', { capture: true }, () => text),
    warning: () => runStep('s', (step) => step.warn(text)),
    progress: () => runStep('s', (step) => { step.progress(0.5, text) }),
    skip: () => runStep('s', (step) => step.skip(text)),
    error: () => runStep('s', () => { throw new Error(text) }),
    cause: () => runStep('s', () => { throw new Error('outer', { cause: new Error(text) }) }),
    members: () => runStep('s', () => { throw new AggregateError([new Error(text)], 'many') }),
    thrown: () => runStep('s', () => { throw text }),
    retried: () => runStep('s', { retry: { maxRetries: 1, delay: 1 } }, () => { throw new Error(text) }),
    otherLanguage: () => {
      const span = trace.getTracer('other').startSpan('s ' + text, { attributes: { 'runspan.kind': 'step', 'runspan.target': text, 'exception.message': text } })
      span.end()
    },
  })`

test('40 secrets at 15 entrances are in no document, journal or temporary file', async () => {
  expect(TEXTS).toHaveLength(40)
  const folder = temporaryFolder()
  const child = await runChild(
    `${IMPORTS}import { trace } from '@opentelemetry/api'
    startRunspan({ results: '${folder}' })
    ${ENTRANCES}
    console.log(Object.keys(doors('')).length)
    await runWorkflow('etl', async () => {
      for (const text of JSON.parse(process.env.TEXTS)) {
        for (const [name, door] of Object.entries(doors(text))) {
          try { await door() } catch {}
        }
      }
      await runStep('last', () => { process.kill(process.pid, 'SIGKILL') })
      await new Promise(() => setTimeout(() => undefined, 1_000))
    })`,
    { env: { TEXTS: JSON.stringify(TEXTS) } },
  )
  expect(child.stdout).toBe('15\n')
  expect(child.signal).toBe('SIGKILL')
  const look = () => {
    const found: string[] = []
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name)
      if (!statSync(path).isFile()) continue
      const text = readFileSync(path, 'latin1').toLowerCase()
      for (const secret of TEXTS)
        if (text.includes(secretIn(secret).toLowerCase())) found.push(`${name.slice(0, 20)}: ${secret}`)
    }
    return [...new Set(found)]
  }
  expect(look()).toEqual([])
  const next = await runChild(`${IMPORTS}startRunspan({ results: '${folder}' })`)
  expect(next.code).toBe(0)
  expect(look()).toEqual([])
})
