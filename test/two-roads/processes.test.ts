import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { startCollector } from '@runspan/collector'
import { headers, runStep, runWorkflow } from '@runspan/sdk'
import { expect, onTestFinished, test } from 'vitest'

const here = fileURLToPath(new URL('../..', import.meta.url))

/** The beginning of every child: OpenTelemetry's own SDK and exporter, sending to the collector. */
const TELEMETRY = `
  import { context, propagation, trace } from '@opentelemetry/api'
  import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
  import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
  import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
  import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
  const exporter = new OTLPTraceExporter({ url: process.env.URL + '/v1/traces' })
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  provider.register({
    contextManager: new AsyncLocalStorageContextManager().enable(),
    propagator: new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  })
  const carrier = JSON.parse(process.env.CARRIER)
`

const CHILDREN = {
  'that is tracked': `
    import { continueRun, runStep } from '@runspan/sdk'
    await continueRun(carrier, () => runStep('remote', () => runStep('remote child', () => 1)))
    await provider.shutdown()
  `,
  'that knows only plain OpenTelemetry and our names': `
    const tracer = trace.getTracer('plain')
    const above = propagation.extract(context.active(), carrier)
    const remote = tracer.startSpan('remote', { attributes: { 'runspan.kind': 'step', 'runspan.name': 'remote' } }, above)
    const child = tracer.startSpan('remote child', { attributes: { 'runspan.kind': 'step', 'runspan.name': 'remote child' } }, trace.setSpan(above, remote))
    child.end()
    remote.end()
    await provider.shutdown()
  `,
}

test.each(Object.entries(CHILDREN))(
  'a step of another process, %s, is in the document of the run, over the wire',
  async (_what, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'runspan-processes-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const collector = await startCollector({ store: join(folder, 'store.db'), port: 0 })
    onTestFinished(() => collector.close())
    const provider = new NodeTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter({ url: `${collector.url}/v1/traces` }))],
    })
    const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    propagation.setGlobalPropagator(new CompositePropagator({ propagators }))
    trace.setGlobalTracerProvider(provider)
    onTestFinished(async () => {
      trace.disable()
      context.disable()
      propagation.disable()
    })

    await runWorkflow('parent', { runId: 'the-run' }, () =>
      runStep('spawn', () => {
        const env = { ...process.env, URL: collector.url, CARRIER: JSON.stringify(headers()) }
        return promisify(execFile)(process.execPath, ['--input-type=module', '-e', TELEMETRY + code], {
          env,
          cwd: here,
        })
      }),
    )
    await provider.shutdown()

    const { runs } = (await (await fetch(`${collector.url}/api/runs`)).json()) as {
      runs: { run_id: string; steps: object }[]
    }
    expect(runs).toMatchObject([{ run_id: 'the-run', steps: { known: 3, finished: 3 } }])
    const document = (await (await fetch(`${collector.url}/api/runs/the-run/document?detail=1`)).json()) as {
      statuses: { title: string; status: string; run_id: string }[]
      steps: { name: string; steps: { name: string; steps: { name: string }[] }[] }[]
    }
    expect(document.statuses.map(({ title, status }) => [title, status])).toEqual([
      ['spawn', 'success'],
      ['remote', 'success'],
      ['remote child', 'success'],
    ])
    expect(document.statuses.map(({ run_id }) => run_id)).toEqual([
      '0001',
      expect.stringMatching(/^s[0-9a-f]{16}$/),
      expect.stringMatching(/^s[0-9a-f]{16}$/),
    ])
    expect(document.steps).toMatchObject([
      { name: 'spawn', steps: [{ name: 'remote', steps: [{ name: 'remote child' }] }] },
    ])
  },
)
