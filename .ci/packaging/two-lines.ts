import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { AlwaysOffSampler, AlwaysOnSampler, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { WorkflowResultsExporter, WorkflowResultsProcessor, workflowSampler } from '@runspan/exporter'
import { currentStep, runStep, runWorkflow, trackStep, trackWorkflow } from '@runspan/sdk'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

// An exporter is given what is sampled; the processor sees every run, as the sampler has it recorded.
const provider =
  process.argv[2] === 'exporter'
    ? new TracerProvider({
        sampler: workflowSampler(new AlwaysOnSampler()),
        spanProcessors: [new SimpleSpanProcessor({ exporter: new WorkflowResultsExporter() })],
      })
    : new TracerProvider({
        sampler: workflowSampler(new AlwaysOffSampler()),
        spanProcessors: [new WorkflowResultsProcessor()],
      })
trace.setGlobalTracerProvider(provider)

let tries = 0
const read = trackStep('read', { target: (path) => path, retry: { delay: 1 } }, async (path = '') => {
  tries += 1
  if (tries === 1) throw Object.assign(new Error(`${path} is not there yet`), { status: 503 })
  return [1, 2]
})
const sum = trackStep('sum', { mode: 'fast' }, (rows = [0]) => rows.length)
const lines = trackWorkflow('lines', { version: '1.0.0', tags: { team: 'data' } }, async () => {
  const rows = await read('a.csv')
  await Promise.all(['x', 'y'].map((id) => runStep('write', { target: id }, async (step) => step.progress(1))))
  runStep('notify', () => currentStep().skip('nobody asked'))
  await runWorkflow('inner', async () => runStep('deep', () => sum(rows)))
  return runStep('check', () => {
    throw new RangeError('two are not three')
  })
})

lines()
  .catch((error) => console.log(String(error)))
  .finally(() => provider.shutdown())
