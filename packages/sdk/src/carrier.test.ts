import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { context, propagation, trace } from '@opentelemetry/api'
import { foldRuns, fromSpan, type SpanLike, type SpanRecord } from '@runspan/results/core'
import { describe, expect, test } from 'vitest'
import { type Carrier, continueRun, headers } from './carrier.js'
import { currentRun } from './handle.js'
import { record } from './recording.testsuite.js'
import { runStep, runWorkflow } from './run.js'

const recorded = record()
const child = fileURLToPath(new URL('../harness/joined.mjs', import.meta.url))
const own = () => recorded.spans().map((span) => fromSpan(span as unknown as SpanLike, 'ended', 0))

/** A run that asks another process, thread or host for a part of its work, with what that one recorded. */
async function ask(remote: (carrier: Carrier) => Promise<SpanRecord[]>) {
  const theirs = await runWorkflow('outer', async () => {
    await runStep('first', () => 1)
    return runStep('calls', () => remote(headers()))
  })
  return foldRuns([...own(), ...theirs])
}

describe('S4.22 a step of another process joins the document of the run', () => {
  const check = ([document, ...others]: ReturnType<typeof foldRuns>) => {
    expect(others).toEqual([])
    expect(document?.steps.map((step) => step.name)).toEqual(['first', 'calls'])
    const [remote] = document?.steps[1]?.steps ?? []
    expect(remote?.name).toBe('remote')
    expect(remote?.run_id).toMatch(/^s[0-9a-f]{16}$/)
    expect(remote?.steps.map((step) => step.name)).toEqual(['nested'])
    expect(document?.provenance.dropped).toBe(0)
  }

  test('a child process, by its environment alone', async () => {
    const documents = await ask(async (carrier) => {
      const env = Object.fromEntries(Object.entries(carrier).map(([name, value]) => [name.toUpperCase(), value]))
      const { stdout } = await promisify(execFile)(process.execPath, [child], { env: { ...process.env, ...env } })
      return JSON.parse(stdout)
    })
    check(documents)
  })

  test('a worker thread, by its data', async () => {
    const documents = await ask(async (carrier) => {
      const worker = new Worker(child, { workerData: { carrier } })
      const [records] = await once(worker, 'message')
      return records
    })
    check(documents)
  })

  test('another service, by its headers in any case, with foreign spans in between', async () => {
    await runWorkflow('outer', async () => {
      const sent = runStep('calls', () =>
        trace.getTracer('http').startActiveSpan('GET', (span) => {
          const carrier = headers({ accept: 'text' })
          span.end()
          return carrier
        }),
      )
      const received = Object.entries(sent).map(([name, value]) => [name.toUpperCase(), value] as const)
      context.with(propagation.setBaggage(context.active(), propagation.createBaggage()), () =>
        continueRun(Object.fromEntries(received), () => {
          expect(currentRun().runKey).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/)
          trace.getTracer('http').startActiveSpan('SERVER', (span) => {
            runStep('remote', () => runStep('nested', () => 1))
            span.end()
          })
        }),
      )
    })
    const [document, ...others] = recorded.documents()
    expect(others).toEqual([])
    const calls = document?.steps.find((step) => step.name === 'calls')
    expect(calls?.steps[0]).toMatchObject({ name: 'remote', steps: [{ name: 'nested' }] })
  })
})

describe('headers', () => {
  test('are W3C, keep the given ones, and win over them', () => {
    runWorkflow('w', (run) => {
      const got = headers({ 'X-A': '1', Traceparent: 'old', Baggage: 'mine=1' })
      expect(Object.keys(got).sort()).toEqual(['X-A', 'baggage', 'traceparent'])
      expect(got.traceparent).toMatch(new RegExp(`^00-${run.traceId}-${run.id}-01$`))
      expect(got.baggage).toBe(`runspan.run=${run.runKey},runspan.parent=${run.id}`)
      expect(headers(new Headers({ a: 'b' })).a).toBe('b')
    })
    expect(headers({ a: '1' })).toEqual({ a: '1' })
  })

  test('carry other baggage and tracestate on, and never an identity that is not ours', () => {
    const carrier = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=1',
      baggage: 'user=7;p=1,runspan.run=forged,runspan.parent=forged',
    }
    continueRun(carrier, () => {
      const inner = headers()
      expect(inner.tracestate).toBe('vendor=1')
      expect(inner.baggage).toBe('user=7;p=1')
      runWorkflow('w', (run) => {
        expect(run.traceId).toBe('0af7651916cd43dd8448eb211c80319c')
        expect(headers().baggage).toBe(`user=7;p=1,runspan.run=${run.runKey},runspan.parent=${run.id}`)
      })
    })
  })

  test('work without a propagator of the W3C', () => {
    propagation.disable()
    const sent = runWorkflow('w', () => runStep('s', () => headers()))
    recorded.spans().length = 0
    continueRun(sent, () => runStep('remote', () => 1))
    const [remote] = recorded.spans()
    expect(remote?.attributes['runspan.run.key']).toBe(sent.baggage?.slice(12, 61))
    expect(remote?.spanContext().traceId).toBe(sent.traceparent?.slice(3, 35))
  })

  test.each([
    {},
    { traceparent: 'nonsense', baggage: 'runspan.run=x,runspan.parent=y' },
    { traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01` },
    { traceparent: 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    { baggage: 'x'.repeat(100_000) },
    { baggage: ',,;=;=,=' },
    { traceparent: undefined, baggage: ['runspan.run=1'] },
  ])('that say nothing leave the code as it is: %#', (carrier) => {
    expect(continueRun(carrier as Carrier, () => runStep('s', () => 5))).toBe(5)
    expect(recorded.attributes('s')).toMatchObject({ 'runspan.ordinal': 1 })
    expect(recorded.spans()[0]?.parentSpanContext).toBeUndefined()
  })
})
