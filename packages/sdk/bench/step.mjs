// What a tracked step costs, as a ratio to hand-written OpenTelemetry that does the same job.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { AlwaysOffSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { WorkflowResultsProcessor } from '@runspan/exporter'
import { runStep, runWorkflow, trackStep } from '@runspan/sdk'
import { bareAsync, bareSync } from './_bare.mjs'
import { ratio, say, timeRounds } from './_rounds.mjs'

const nothing = async () => {}
const processor = { onStart: () => {}, onEnd: () => {}, forceFlush: nothing, shutdown: nothing }
const register = (options = {}) => {
  trace.disable()
  trace.setGlobalTracerProvider(new NodeTracerProvider({ spanProcessors: [processor], ...options }))
}
class NoReader extends MetricReader {
  onForceFlush = nothing
  onShutdown = nothing
}

const work = (n) => n + 1
const workAsync = async (n) => n + 1
const fault = () => new Error('the server refused the request')
const fail = () => {
  throw fault()
}
const options = { target: 'there' }

/** Calls a wrapped function many times, inside one run. */
const inRun = (fn) => (calls) => runWorkflow('bench', () => loop(fn, calls))
const loop = (fn, calls) => {
  let sum = 0
  for (let n = 0; n < calls; n += 1) sum += fn(n)
  return sum
}
const inRunAsync = (fn) => (calls) =>
  runWorkflow('bench', async () => {
    for (let n = 0; n < calls; n += 1) await fn(n)
  })
const failing = (fn) =>
  inRun(() => {
    try {
      return fn()
    } catch {
      // That it was thrown is what is measured.
      return 0
    }
  })

const compare = async (id, what, bare, ours, gate, rounds) =>
  say(id, what, ratio(await timeRounds({ bare, ours }, rounds), 'ours', 'bare'), gate)

if (process.argv[2] === 'off') {
  const wrapped = trackStep('step', work)
  const times = await timeRounds(
    { direct: (calls) => loop(work, calls), off: (calls) => loop(wrapped, calls) },
    { calls: 2_000_000, rounds: 11 },
  )
  const off = ratio(times, 'off', 'direct')
  const ns = (off.us - off.base) * 1_000
  console.log(
    `P5   ${'switched off, a step without options'.padEnd(52)} ${ns.toFixed(1)} ns a call  ${ns <= 15 ? 'gate met' : 'gate missed'} (15 ns)`,
  )
} else if (process.argv[2] === 'unsampled') {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  register({ sampler: new AlwaysOffSampler() })
  await compare('P6', 'not sampled', inRun(bareSync('step', work)), inRun(trackStep('step', options, work)), 0.75)
} else if (process.argv[2] === 'bytes') {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  register()
  const bytesOf = (run) => {
    const sizes = []
    run(20_000)
    for (let round = 0; round < 9; round += 1) {
      globalThis.gc()
      const before = process.memoryUsage().heapUsed
      run(20_000)
      sizes.push((process.memoryUsage().heapUsed - before) / 20_000)
    }
    return sizes.sort((a, b) => a - b)[4]
  }
  const [bare, ours] = [inRun(bareSync('step', work)), inRun(trackStep('step', options, work))].map(bytesOf)
  const found = ours / bare
  console.log(
    `P7   ${'bytes allocated per step'.padEnd(52)} ${found.toFixed(2)}x  ${ours.toFixed(0)} B to ${bare.toFixed(0)} B  ${found <= 0.85 ? 'gate met' : 'gate missed'} (0.85)`,
  )
} else {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  register()
  await compare('P1', 'sync step, success', inRun(bareSync('step', work)), inRun(trackStep('step', options, work)), 0.9)
  await compare(
    'P1',
    'async step, success',
    inRunAsync(bareAsync('step', workAsync)),
    inRunAsync(trackStep('step', options, workAsync)),
    0.9,
  )
  await compare(
    'P4',
    'failure, with stack and exception event',
    failing(bareSync('step', fail)),
    failing(trackStep('step', options, fail)),
    1.1,
  )

  const results = mkdtempSync(join(tmpdir(), 'runspan-bench-'))
  const kept = new WorkflowResultsProcessor({ folder: results })
  const documented = inRun(trackStep('step', options, work))
  const timed = await timeRounds(
    {
      bare: inRun(bareSync('step', work)),
      ours: (calls) => {
        register({ spanProcessors: [kept] })
        documented(calls)
        register()
      },
    },
    { calls: 2_000, rounds: 9 },
  )
  say('P1', 'the same with processor, journal and file sink', ratio(timed, 'ours', 'bare'))
  await kept.shutdown()
  rmSync(results, { recursive: true })

  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new NoReader()] }))
  const meter = metrics.getMeter('bare')
  const durations = meter.createHistogram('bare.step.duration', { unit: 's' })
  const measured = bareSync('step', work)
  const bareMetered = (n) => {
    const before = performance.now()
    try {
      return measured(n)
    } finally {
      durations.record((performance.now() - before) / 1_000, {
        'runspan.workflow': 'bench',
        'runspan.step': 'step',
        'runspan.outcome': 'success',
      })
    }
  }
  await compare(
    'P2',
    'success, with the duration metric',
    inRun(bareMetered),
    inRun(trackStep('step', options, work)),
    0.95,
  )
  metrics.disable()

  trace.disable()
  await compare(
    'P5',
    'no SDK registered',
    (calls) => loop(bareSync('step', work), calls),
    (calls) => loop(trackStep('step', options, work), calls),
    1,
    { calls: 50_000 },
  )
  register()
  // Last: with so many functions wrapped, the engine optimises for none of them.
  await compare(
    'P1',
    'sync step by runStep, wrapped anew at each call',
    inRun(bareSync('step', work)),
    inRun((n) => runStep('step', options, () => work(n))),
  )
  const self = fileURLToPath(import.meta.url)
  // In processes of their own, so that none is slowed by what the engine learned from the others.
  spawnSync(process.execPath, [self, 'unsampled'], { stdio: 'inherit' })
  spawnSync(process.execPath, [self, 'off'], { stdio: 'inherit', env: { ...process.env, RUNSPAN_DISABLED: '1' } })
  spawnSync(
    process.execPath,
    ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256', self, 'bytes'],
    { stdio: 'inherit' },
  )
}
