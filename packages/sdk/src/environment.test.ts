import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../harness/environment.mjs', import.meta.url))
const dist = fileURLToPath(new URL('../dist', import.meta.url))
// Beside the first, so that it finds the same OpenTelemetry.
const copy = fileURLToPath(new URL('../dist-copy', import.meta.url))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const run = (env: Record<string, string>, ...args: string[]) =>
  JSON.parse(execFileSync(process.execPath, [script, ...args], { env: { ...process.env, ...env }, encoding: 'utf8' }))

const behaviour = { aborted: false, tried: [2, true, true], late: 'TimeoutError', inside: 5 }
const spans = ['flaky', 'flaky', 'flaky', 'slow', 's', 'w']

test('by default all is recorded', () => {
  expect(run({})).toEqual({
    ...behaviour,
    active: true,
    headers: ['baggage', 'traceparent'],
    spans,
    events: 3,
    parents: 5,
    modules: 1,
  })
})

test.each(['RUNSPAN_DISABLED', 'OTEL_SDK_DISABLED'])(
  'with %s there is no span and no header, and all behaviour is kept',
  (name) => {
    expect(run({ [name]: 'true' })).toEqual({
      ...behaviour,
      active: false,
      headers: [],
      spans: [],
      events: 0,
      parents: 0,
      modules: 1,
    })
  },
)

test.each([
  ['logs', 0],
  ['logs/dup', 3],
  ['', 3],
])('OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN=%s leaves %i exception events', (value, events) => {
  expect(run({ OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN: value }).events).toBe(events)
})

test('RUNSPAN_BAGGAGE=false keeps the identity of the run at home', () => {
  expect(run({ RUNSPAN_BAGGAGE: 'false' }).headers).toEqual(['traceparent'])
})

test('two installed copies of the package see each other’s runs', () => {
  cpSync(dist, copy, { recursive: true })
  const got = run({}, `${copy}/index.js`)
  expect(got).toMatchObject({ ...behaviour, spans, parents: 5, modules: 2 })
})
