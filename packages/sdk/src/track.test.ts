import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { documentText, foldRuns, fromSpan, type SpanLike } from '@runspan/results/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { currentStep, runStep, runWorkflow, trackStep, trackWorkflow } from './index.js'

const exporter = new InMemorySpanExporter()
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(provider)
})
beforeEach(() => exporter.reset())

const documents = () =>
  foldRuns(exporter.getFinishedSpans().map((span) => fromSpan(span as unknown as SpanLike, 'ended', 0)))

test('try', async () => {
  let tries = 0
  const extract = trackStep(
    'extract',
    { retry: { maxRetries: 3, delay: 1 }, target: (url: string) => url },
    async (url: string) => {
      tries += 1
      if (tries < 3) throw Object.assign(new Error('busy'), { status: 503 })
      return [1, 2]
    },
  )
  const etl = trackWorkflow('etl', { version: '1' }, async (day: string) => {
    const rows = await extract(`http://x/${day}`)
    await runStep('load', async (step) => {
      step.progress(0.5)
      await runStep('inner', async () => {
        throw new Error('no')
      }).catch(() => 1)
    })
    runStep('skipper', (s) => s.skip('because'))
    return rows.length
  })
  expect(await etl('d')).toBe(2)
  const [doc] = documents()
  console.log(documentText(doc!, { detail: true }))
})
