// What the processor adds to a tracked step: records in memory and the fold (P10b), the crash journal (P10), memory (P9),
// and what the files cost a program that does something.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { WorkflowResultsProcessor } from '@runspan/exporter'
import { ATTR, liveListeners } from '@runspan/results/core'
import { runStep, runWorkflow, trackStep } from '@runspan/sdk'
import { openJournal } from '../dist/journal/journal.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const [ROUNDS, CALLS] = [21, 4_000]
const nothing = async () => {}
const noop = { onStart: () => {}, onEnd: () => {}, forceFlush: nothing, shutdown: nothing }
const folder = mkdtempSync(join(tmpdir(), 'runspan-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const never = { firstAfterMs: 1e9, maxBytes: 1e12, maxFinishedBytes: 1e12 }

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

/** A program with this processor, as long as it is entered: a process has one, so each variant keeps its own. */
function program(makeProcessor) {
  const listeners = liveListeners()
  listeners.clear()
  const processor = makeProcessor()
  const provider = new NodeTracerProvider({ spanProcessors: [processor] })
  const own = [...listeners]
  const enter = () => {
    listeners.clear()
    for (const listener of own) listeners.add(listener)
    trace.disable()
    trace.setGlobalTracerProvider(provider)
  }
  return { enter, processor }
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const say = (id, what, figure, verdict) => console.log(`${id.padEnd(4)} ${what.padEnd(58)} ${figure}  ${verdict}`)
const judge = (value, gate) => `${value <= gate ? 'gate met' : 'gate missed'} (${gate})`

const identity = {
  [ATTR.kind]: 'step',
  [ATTR.runKey]: '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331',
  [ATTR.parentId]: 'b7ad6b7169203331',
  [ATTR.ordinal]: 1,
  [ATTR.name]: 'step',
  [ATTR.functionName]: 'work',
  [ATTR.target]: 'there',
  [ATTR.outcome]: 'success',
}
const work = (n) => n + 1
const bare = (n) =>
  trace.getTracer('bare').startActiveSpan('step', { attributes: identity }, (span) => {
    try {
      return work(n)
    } catch (error) {
      span.recordException(error)
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
      throw error
    } finally {
      span.end()
    }
  })
const step = trackStep('step', { target: 'there' }, work)
const loop = (fn) => {
  for (let n = 0; n < CALLS; n += 1) fn(n)
}

/**
 * Microseconds per call of each variant, taken in turns, so that a slow minute of the machine is slow for all. The
 * garbage of a round is not collected before the next: V8 throws compiled code away with it, and every variant, BARE
 * too, would be measured as it runs in its first second, eight times slower.
 */
async function timeRounds(variants) {
  const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
  const programs = Object.entries(variants).map(([name, { processor, run }]) => ({ name, run, ...program(processor) }))
  for (let round = -6; round < ROUNDS; round += 1) {
    for (const { name, run, enter } of programs) {
      enter()
      const began = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(began)
      if (round >= 0) times[name].push((user + system) / CALLS)
      await nextTurn()
    }
  }
  for (const { processor } of programs) await processor.shutdown()
  return times
}

const inRun = (fn) => () => runWorkflow('bench', () => loop(fn))
/** Runs of a hundred steps. */
const inRuns = (fn) => () => {
  for (let run = 0; run < CALLS / 100; run += 1) {
    runWorkflow('bench', () => {
      for (let n = 0; n < 100; n += 1) fn(n)
    })
  }
}
/** The run is still open when the time is taken: no document is made. */
const inOpenRun = (fn) => () => {
  runWorkflow('bench', () => {
    loop(fn)
    return new Promise(() => {})
  })
}
const share = (times, more, less, plus) =>
  median(times.bare.map((base, n) => (times[more][n] - times[less][n] + (plus ? times[plus][n] : 0)) / base))

/** What was thrown away before is not to be counted, nor what goes only after a turn of the event loop. */
async function memoryInUse() {
  for (let n = 0; n < 3; n += 1) {
    await nextTurn()
    collectGarbage()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Bytes of memory that `make` leaves behind for each of `count`. */
async function bytesEach(makeProcessor, count, make) {
  program(makeProcessor).enter()
  const before = await memoryInUse()
  const kept = make(count)
  const after = await memoryInUse()
  void kept
  return (after - before) / count
}
const keeping = () => new WorkflowResultsProcessor({ folder: false, ...never })
const perStep = await bytesEach(keeping, 100_000, (count) => {
  runWorkflow('bench', () => {
    for (let n = 0; n < count; n += 1) step(n)
    return new Promise(() => {})
  })
})
say('P9', 'memory per ended step of an open run', `${perStep.toFixed(0)} B`, judge(perStep, 600))
const openRuns = (count) =>
  Array.from({ length: count }, () =>
    runWorkflow('bench', () => {
      step(1)
      return new Promise(() => {})
    }),
  )
const withoutUs = await bytesEach(() => noop, 10_000, openRuns)
const megabytes = ((await bytesEach(keeping, 10_000, openRuns)) - withoutUs) / 100
say('', '10,000 open runs in memory, above what the SDK keeps', `${megabytes.toFixed(1)} MB`, judge(megabytes, 60))

const folds = await timeRounds({
  bare: { processor: () => noop, run: inRuns(bare) },
  step: { processor: () => noop, run: inRuns(step) },
  fold: { processor: () => new WorkflowResultsProcessor({ folder: false, sinks: [() => {}] }), run: inRuns(step) },
})
const us = (times, name) => `${median(times[name]).toFixed(2)} us`
const folded = share(folds, 'fold', 'step')
say('P10b', 'processor and fold, added to a step (runs of 100), vs BARE', `${folded.toFixed(2)}x`, judge(folded, 1))
say(
  '',
  'a step: BARE, tracked, with processor and fold',
  ['bare', 'step', 'fold'].map((name) => us(folds, name)).join(', '),
  '',
)

const journals = await timeRounds({
  bare: { processor: () => noop, run: inRun(bare) },
  step: { processor: () => noop, run: inRun(step) },
  records: { processor: () => new WorkflowResultsProcessor({ folder: false, ...never }), run: inOpenRun(step) },
  journal: { processor: () => new WorkflowResultsProcessor({ folder, ...never }), run: inOpenRun(step) },
})
const written = share(journals, 'journal', 'records', 'step')
say('P10', 'a whole step with the journal, vs BARE', `${written.toFixed(2)}x`, judge(written, 1.8))
const all = median(journals.bare.map((base, n) => journals.journal[n] / base))
say('', 'a step with processor, records and journal, vs BARE', `${all.toFixed(2)}x`, '')
const each = Object.keys(journals).map((name) => us(journals, name))
say('', 'a step: BARE, tracked, with records, with journal', each.join(', '), '')

const journal = openJournal(join(folder, 'bench.journal'))
const record = {
  phase: 'started',
  seq: 1,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: 'c7ad6b7169203331',
  name: 'step',
  start: '1763734412345678901',
  end: null,
  status: 'unset',
  attributes: identity,
}
const taken = []
for (let n = 0; n < 20_000; n += 1) {
  const began = process.hrtime.bigint()
  journal.record(record)
  taken.push(Number(process.hrtime.bigint() - began) / 1_000)
}
journal.remove()
const p50 = median(taken)
say('P10', 'a start record, p50', `${p50.toFixed(2)} us`, judge(p50, 10))

/**
 * A program that does nothing but steps of a millisecond, a hundred at a time, in runs one after another: what is put
 * off at the end of a run falls into the time of the next, and the last document is waited for.
 */
const [WORKERS, EACH, RUNS] = [100, 20, 20]
const busy = async ({ enter, processor }) => {
  enter()
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  for (let run = 0; run < RUNS; run += 1) {
    await runWorkflow('bench', () =>
      Promise.all(
        Array.from({ length: WORKERS }, async () => {
          for (let n = 0; n < EACH; n += 1)
            await runStep('wait', () => new Promise((resolve) => setTimeout(resolve, 1)))
        }),
      ),
    )
  }
  await processor.forceFlush()
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - began, us: (user + system) / (WORKERS * EACH * RUNS) }
}
const busyPrograms = {
  'without a processor': program(() => noop),
  'with documents': program(() => new WorkflowResultsProcessor({ folder: false, sinks: [() => {}] })),
  'with files and journal': program(() => new WorkflowResultsProcessor({ folder })),
}
const busyTimes = Object.fromEntries(Object.keys(busyPrograms).map((name) => [name, []]))
for (let round = -2; round < 9; round += 1) {
  for (const [name, one] of Object.entries(busyPrograms)) {
    const time = await busy(one)
    if (round >= 0) busyTimes[name].push(time)
  }
}
const slower = (more, less) => median(busyTimes[more].map(({ ms }, n) => ms / busyTimes[less][n].ms))
console.log('A 1 ms step at concurrency 100')
for (const name of Object.keys(busyPrograms)) {
  const cpu = `${median(busyTimes[name].map((time) => time.us)).toFixed(2)} us of CPU`
  say('', name, `${slower(name, 'without a processor').toFixed(2)}x`, cpu)
}
const added = slower('with files and journal', 'with documents')
say('', 'files and journal, to documents that go nowhere', `${added.toFixed(2)}x`, judge(added, 1.25))
const whole = slower('with files and journal', 'without a processor')
say('', 'files and journal, to no processor at all', `${whole.toFixed(2)}x`, judge(whole, 1.25))
