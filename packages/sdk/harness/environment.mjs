// Prints what a process with this environment does: node environment.mjs [path of another copy of the package]
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { currentRun, headers, runStep, runWorkflow, startStep } from '@runspan/sdk'

const other = process.argv[2] === undefined ? { runStep } : await import(process.argv[2])
const nothing = async () => {}
const spans = []
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
trace.setGlobalTracerProvider(
  new NodeTracerProvider({
    spanProcessors: [{ onStart: () => {}, onEnd: (span) => spans.push(span), forceFlush: nothing, shutdown: nothing }],
  }),
)
let tries = 0
const got = await runWorkflow('w', { timeout: '1h' }, async (run) => {
  run.warn('heard or not')
  const tried = await other.runStep('flaky', { retry: { maxRetries: 1, delay: 0 } }, (step) => {
    tries += 1
    if (tries === 1) throw new Error('busy')
    return [step.attempt, currentRun() === run || currentRun().runKey === run.runKey, step.signal === run.signal]
  })
  const late = await other.runStep('slow', { timeout: 1 }, () => new Promise(() => {})).catch((error) => error.name)
  const started = startStep('s')
  const inside = started.run(() => 5)
  started.fail(new Error('x'))
  return {
    active: run.active,
    aborted: run.signal.aborted,
    tried,
    late,
    inside,
    headers: Object.keys(headers()).sort(),
  }
})
console.log(
  JSON.stringify({
    ...got,
    spans: spans.map((span) => span.name),
    events: spans.reduce((count, span) => count + span.events.length, 0),
    parents: spans.filter((span) => span.attributes['runspan.parent.id'] !== undefined).length,
    modules: other.runStep === runStep ? 1 : 2,
  }),
)
