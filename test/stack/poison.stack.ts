import { join } from 'node:path'
import { ATTR } from '@runspan/results/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { servedDocument } from './documents.js'
import { eventually, runProgram } from './program.js'
import { startReceivers } from './set-up.js'
import { type RunspanServer, root, type Site, type Telemetry } from './stack.js'

let site: Site
let runspan: RunspanServer
let telemetry: Telemetry
beforeAll(async () => {
  ;({ site, runspan, telemetry } = await startReceivers())
})
afterAll(() => site.close())

const nameOf = (steps: readonly { name: string }[]) => steps.map(({ name }) => name)

describe('one poisonous value does not cost its neighbours', () => {
  const poison = join(root, 'test/stack/workloads/poison.mjs')

  it.each([
    ['http/protobuf', 'ours', 4],
    ['http/json', 'ours', 4],
    ['http/protobuf', 'foreign', 5],
    ['http/json', 'foreign', 5],
  ])('when a program sends it by %s in a span that is %s', async (protocol, whose, spans) => {
    const { code, output } = await runProgram(process.execPath, [poison, whose], {
      env: {
        RUNSPAN_RESULTS_DIR: 'none',
        OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.otlp,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_METRICS_EXPORTER: 'none',
      },
    })
    expect([code, output]).toEqual([0, expect.stringContaining(`\nsent ${spans} lost 0\n`)])
    const document = await eventually('the document', async () => {
      const found = await servedDocument(runspan.url, output.slice(0, 49))
      return found?.steps.length === 3 && found.run.outcome === 'success' && found
    })
    expect(nameOf(document.steps)).toEqual(['before', expect.stringContaining('half a pair'), 'after'])
  })

  it('when another program sends spans that a Collector lets pass and a store could refuse', async () => {
    const trace = '5b8efff798038103d269b633813fc60c'
    const key = `${trace}-eee19b7ec3c1b174`
    const string = (name: string, stringValue: string) => ({ key: name, value: { stringValue } })
    const span = (spanId: string, name: string, kind: string, ...attributes: unknown[]) => ({
      traceId: trace,
      spanId,
      name,
      startTimeUnixNano: '1795263360000000000',
      endTimeUnixNano: '1795263361000000000',
      attributes: [string(ATTR.kind, kind), string(ATTR.runKey, key), string(ATTR.outcome, 'success'), ...attributes],
    })
    const step = (id: string, name: string, ...attributes: unknown[]) =>
      span(id, name, 'step', string(ATTR.parentId, key.slice(33)), string(ATTR.name, name), ...attributes)
    const spans = [
      span(key.slice(33), 'run', 'run', string(ATTR.name, 'by_hand'), string(ATTR.runId, 'by-hand')),
      step('00000000000000a1', 'good'),
      { ...step('00000000000000a2', 'no trace'), traceId: '' },
      { ...step('00000000000000a3', 'zero trace'), traceId: '0'.repeat(32) },
      { ...step('0000000000000000', 'zero span') },
      step('00000000000000a4', 'nul \u0000', string(ATTR.target, '\u0000')),
      step('00000000000000a5', 'half', string(ATTR.exceptionMessage, '\ud83d')),
      step('00000000000000a6', 'nan', { key: ATTR.progress, value: { doubleValue: 'NaN' } }),
      step('00000000000000a7', 'nothing', { key: ATTR.target, value: {} }),
      { ...step('00000000000000a8', 'backwards'), endTimeUnixNano: '1' },
      { ...step('00000000000000a9', 'strange'), kind: 99, status: { code: 9 } },
      step('00000000000000b1', 'good too'),
    ]
    const answer = await fetch(`${telemetry.otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    })
    expect(answer.status).toBe(200)
    const document = await eventually('both good steps', async () => {
      const found = await servedDocument(runspan.url, key)
      return found?.steps.some(({ name }) => name === 'good too') && found
    })
    const names = nameOf(document.steps)
    expect(names).toEqual(
      expect.arrayContaining(['good', 'half', 'nan', 'nothing', 'backwards', 'strange', 'good too']),
    )
    expect(names).not.toEqual(expect.arrayContaining(['no trace']))
    expect(telemetry.output()).not.toContain('Permanent error')
  })
})
