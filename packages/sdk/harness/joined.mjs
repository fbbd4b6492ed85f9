// A process or worker that tracks a step of its own and prints the records of its spans, one JSON line each.
// With `workerData` or a message it takes the run up from there; else from its environment.
import { parentPort, workerData } from 'node:worker_threads'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { fromSpan } from '@runspan/results/core'
import { continueRun, runStep } from '@runspan/sdk'

const nothing = async () => {}
const records = []
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(
  new NodeTracerProvider({
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => records.push(fromSpan(span, 'ended', 0)),
        forceFlush: nothing,
        shutdown: nothing,
      },
    ],
  }),
)

const work = () =>
  runStep('remote', () =>
    trace.getTracer('foreign').startActiveSpan('GET /', (span) => {
      runStep('nested', () => 1)
      span.end()
    }),
  )
const tell = () => (parentPort === null ? console.log(JSON.stringify(records)) : parentPort.postMessage(records))

if (workerData?.carrier) continueRun(workerData.carrier, work)
else work()
tell()
