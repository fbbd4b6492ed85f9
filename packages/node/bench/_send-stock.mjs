// The same spans with the same attributes, made by hand and sent by the stock SDK.
import { load } from './_node-sdk.mjs'
import { pause, RUNS, report, STEPS, work } from './_workload.mjs'

const { SpanStatusCode, trace } = load('@opentelemetry/api')
const { NodeSDK } = load('@opentelemetry/sdk-node')

const sdk = new NodeSDK()
sdk.start()
const tracer = trace.getTracer('bench')

const traced = (name, attributes, fn) =>
  tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await fn(span)
    } catch (error) {
      span.recordException(error)
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
      throw error
    } finally {
      span.setAttribute('runspan.outcome', 'success')
      span.end()
    }
  })

const common = { 'code.function.name': 'work', 'runspan.target': 'there' }
const runAttributes = (run) => ({
  'runspan.kind': 'run',
  'runspan.name': 'bench',
  'runspan.run.id': `run-${run}`,
  'runspan.steps': STEPS,
  ...common,
})
const stepAttributes = (key, parent, ordinal) => ({
  'runspan.kind': 'step',
  'runspan.run.key': key,
  'runspan.parent.id': parent,
  'runspan.ordinal': ordinal,
  'runspan.name': 'step',
  ...common,
})

for (let run = 0; run < RUNS; run += 1) {
  await traced('bench', runAttributes(run), async (root) => {
    const { traceId, spanId } = root.spanContext()
    const key = `${traceId}-${spanId}`
    root.setAttribute('runspan.run.key', key)
    for (let n = 0; n < STEPS; n += 1) await traced('step', stepAttributes(key, spanId, n + 1), async () => work(n))
  })
  await pause()
}
await sdk.shutdown()
report()
