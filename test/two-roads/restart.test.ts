import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { memorySink, WorkflowResultsExporter } from '@runspan/exporter'
import { runStep, runWorkflow } from '@runspan/sdk'
import { expect, onTestFinished, test } from 'vitest'

const BIN = fileURLToPath(new URL('../../packages/cli/bin/runspan.js', import.meta.url))

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runspan-restart-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A collector in a process of its own, that can be killed. */
async function serve(store: string, port = '0'): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [BIN, 'serve', '--port', port, '--store', store, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout! }), 'line')
  return { child, url: new URL(JSON.parse(String(line)).runs).origin }
}

function startTracing(url: string) {
  const sink = memorySink()
  const sent = new OTLPTraceExporter({ url: `${url}/v1/traces` })
  const provider = new NodeTracerProvider({
    spanProcessors: [
      new SimpleSpanProcessor(new WorkflowResultsExporter({ folder: false, sinks: [sink] })),
      new BatchSpanProcessor(sent, { scheduledDelayMillis: 50, maxExportBatchSize: 64, maxQueueSize: 100_000 }),
    ],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(provider)
  onTestFinished(async () => {
    await provider.shutdown()
    trace.disable()
    context.disable()
  })
  return { provider, sink, sent }
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a collector that ends by %s in the middle and comes back has every run that the official exporter sent',
  async (signal) => {
    const store = join(makeFolder(), 'store.db')
    const first = await serve(store)
    const { provider, sink, sent } = startTracing(first.url)
    const work = (n: number) =>
      runWorkflow('steady', { runId: `run-${n}` }, () =>
        Promise.all([1, 2, 3].map((step) => runStep(`step ${step}`, () => sleep(2)))),
      )
    let n = 0
    const until = async (count: number) => {
      for (; n < count; n += 1) await work(n)
    }
    await until(40)
    first.child.kill(signal)
    await once(first.child, 'exit')
    await until(70)
    const second = await serve(store, new URL(first.url).port)
    await until(100)
    await provider.forceFlush()
    // The batch that was under way in the outage is the exporter's own to wait for.
    await sent.forceFlush()

    const keys = new Set(sink.documents().map((document) => document.run.key))
    expect(keys.size).toBe(100)
    const { runs } = (await (await fetch(`${second.url}/api/runs?limit=200`)).json()) as {
      runs: { key: string; outcome: string; steps: object }[]
    }
    expect(new Set(runs.map(({ key }) => key))).toEqual(keys)
    for (const run of runs) expect(run).toMatchObject({ outcome: 'success', steps: { known: 3, finished: 3 } })
  },
)

test('what no collector acknowledged is said to be lost, after the time that the official exporter tries', async () => {
  const finished = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(finished)] })
  provider.getTracer('t').startSpan('lost').end()
  const exporter = new OTLPTraceExporter({ url: 'http://127.0.0.1:1/v1/traces', timeoutMillis: 1_500 })
  const result = await new Promise<ExportResult>((done) => exporter.export(finished.getFinishedSpans(), done))
  expect(result.code).toBe(ExportResultCode.FAILED)
  await provider.shutdown()
})
