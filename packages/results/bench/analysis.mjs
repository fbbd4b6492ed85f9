// What it takes to look at 100,000 documents of 10 steps in one pass: time on one core, and memory above what stood before.
import { analyze, compareRuns, healthReport } from '../dist/index.js'
import { createInsights } from '../dist/insights.js'

const DOCUMENTS = 100_000
const STEPS = 10
const [MAX_SECONDS, MAX_MB] = [5, 200]
const EVERY = 2_000

const NAMES = Array.from({ length: STEPS }, (_, n) => `step ${n}`)
const time = (ms) => new Date(1_763_000_000_000 + ms).toISOString().replace('Z', '000000Z')

function error(run) {
  const message = `row ${run} of /data/${run}.csv is bad`
  return { type: 'ValueError', code: 400, category: 'E001', message, stacktrace: `ValueError: ${message}\n    at load` }
}

function step(run, n, failed) {
  const start = run * 1_000 + n * 10
  const took = 5 + ((run * 31 + n * 17) % 100) / 10
  return {
    span_id: (run * 16 + n).toString(16).padStart(16, '0'),
    run_id: String(n + 1).padStart(4, '0'),
    kind: 'step',
    name: NAMES[n],
    title: NAMES[n],
    outcome: failed ? 'failed' : 'success',
    reason: null,
    mode: 'default',
    target: null,
    tags: null,
    ordinal: n + 1,
    in_attempt: null,
    progress: null,
    started_at: time(start),
    ended_at: time(start + took),
    duration_ms: took,
    inputs: null,
    outputs: null,
    warnings: [],
    error: failed ? error(run) : null,
    attempts: [],
    steps: [],
  }
}

function document(run) {
  const failing = run % 10 === 3 ? run % STEPS : -1
  const steps = NAMES.map((_, n) => step(run, n, n === failing))
  const key = `${run.toString(16).padStart(32, '0')}-${run.toString(16).padStart(16, '0')}`
  const outcome = failing === -1 ? 'success' : 'failed'
  return {
    statuses: steps.map(({ run_id, title, outcome: status, mode, error: fault }) => ({
      run_id,
      title,
      status,
      mode,
      error_code: fault?.code ?? null,
      error_message: fault?.message ?? null,
      target: null,
      stacktrace: fault?.stacktrace ?? null,
    })),
    schema: 'runspan.document/1',
    run: {
      key,
      id: `run-${run}`,
      name: `workflow ${run % 20}`,
      title: 'workflow',
      version: `1.${Math.floor(run / 5_000)}`,
      outcome,
      reason: null,
      mode: 'default',
      target: null,
      tags: null,
      progress: null,
      started_at: time(run * 1_000),
      ended_at: time(run * 1_000 + 110),
      duration_ms: 110,
      trace_id: key.slice(0, 32),
      parent: null,
      inputs: null,
      outputs: null,
      warnings: [],
      error: failing === -1 ? null : error(run),
    },
    steps,
    provenance: { road: 'process', revision: 1, recovered: false, sampled: true, dropped: 0, contradictions: 0 },
  }
}

const settle = () => {
  globalThis.gc?.()
  return process.memoryUsage().rss / 1e6
}

/** Gives the documents one after another; making them is timed by itself, and taken off. */
let making = 0
let greatest = 0
function* stream() {
  for (let run = 0; run < DOCUMENTS; run += 1) {
    const began = process.cpuUsage()
    const batch = document(run)
    const { user, system } = process.cpuUsage(began)
    making += (user + system) / 1e6
    if (run % EVERY === 0) greatest = Math.max(greatest, process.memoryUsage().rss / 1e6)
    yield batch
  }
}

const looks = {
  insights: () => {
    const insights = createInsights()
    for (const each of stream()) insights.add(each)
    return insights.result()
  },
  'failure analysis': () => analyze(rows()),
  comparison: () => compareRuns(stream()),
  health: () => healthReport(rows(), { now: new Date() }),
}

function* rows() {
  for (const { statuses } of stream()) yield* statuses
}

const before = settle()
let seconds = 0
let kept
for (const [name, look] of Object.entries(looks)) {
  making = 0
  const began = process.cpuUsage()
  kept = look()
  const { user, system } = process.cpuUsage(began)
  const took = (user + system) / 1e6 - making
  seconds += took
  console.log(`${name.padEnd(18)} ${took.toFixed(2)} s`)
}
const memory = greatest - before
const met = seconds < MAX_SECONDS && memory < MAX_MB
console.log(
  `${DOCUMENTS.toLocaleString('en')} documents of ${STEPS} steps: ${seconds.toFixed(2)} s in all, ${Math.round(memory)} MB more than before (${Math.round(greatest)} MB resident), gate ${MAX_SECONDS} s and ${MAX_MB} MB: ${met ? 'gate met' : 'gate missed'}`,
)
if (kept.service !== 'workflow_execution') throw new Error('the last look gave no health report')
