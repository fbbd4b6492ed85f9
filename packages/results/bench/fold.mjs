// How fast records become documents: the plain text against JSON.stringify of the ready rows (P8), and records a second.
import { ATTR, createRunFold, documentText, foldRuns } from '../dist/core/index.js'

const ROUNDS = 15
const STEPS = 2_000

const trace = 'a'.repeat(32)
const spanId = (n) => (n + 1).toString(16).padStart(16, '0')
// Groups of five: a step and four below it.
const parentOf = (n) => (n % 5 === 1 ? 0 : n - ((n - 1) % 5))
const runKey = `${trace}-${spanId(0)}`

function record(n) {
  const failed = n % 20 === 7
  return {
    phase: 'ended',
    seq: 1,
    traceId: trace,
    spanId: spanId(n),
    parentSpanId: n === 0 ? null : spanId(parentOf(n)),
    name: n === 0 ? 'etl' : `step ${n % 50}`,
    start: `17000000000${String(n).padStart(8, '0')}`,
    end: `17000000001${String(n).padStart(8, '0')}`,
    status: failed ? 'error' : 'unset',
    attributes: {
      [ATTR.kind]: n === 0 ? 'run' : 'step',
      [ATTR.runKey]: runKey,
      ...(n === 0
        ? { [ATTR.runId]: 'run', [ATTR.steps]: STEPS }
        : { [ATTR.parentId]: spanId(parentOf(n)), [ATTR.ordinal]: n }),
      [ATTR.name]: n === 0 ? 'etl' : `step ${n % 50}`,
      [ATTR.target]: `/data/day/${n}`,
      [ATTR.outcome]: failed ? 'failed' : 'success',
      ...(failed
        ? {
            [ATTR.errorCode]: 500,
            [ATTR.errorType]: 'Error',
            [ATTR.exceptionMessage]: `row ${n} is bad`,
            [ATTR.exceptionStacktrace]: `Error: row ${n} is bad\n    at load (file:///app/load.js:${n}:1)\n    at run (file:///app/run.js:2:2)`,
          }
        : {}),
    },
  }
}

const records = Array.from({ length: STEPS + 1 }, (_, n) => record(n)).reverse()
const [ready] = foldRuns(records)
const rows = { statuses: ready.statuses }

const variants = {
  'JSON.stringify': () => JSON.stringify(rows, null, 2),
  'records to plain text': () => {
    const fold = createRunFold(runKey)
    for (const one of records) fold.add(one)
    return fold.text()
  },
  'records to detailed text': () => {
    const fold = createRunFold(runKey)
    for (const one of records) fold.add(one)
    return documentText(fold.document(), { detail: true })
  },
  'records to rows': () => {
    const fold = createRunFold(runKey)
    for (const one of records) fold.add(one)
    return fold.rows()
  },
  'records to document': () => {
    const fold = createRunFold(runKey)
    for (const one of records) fold.add(one)
    return fold.document()
  },
}

if (variants['records to plain text']() !== variants['JSON.stringify']()) throw new Error('the texts differ')

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
const cpu = (work) => {
  const before = process.cpuUsage()
  for (let i = 0; i < 20; i += 1) {
    const made = work()
    // A text that was never put together would be no text yet.
    if (typeof made === 'string') Buffer.byteLength(made)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / 20
}
for (const work of Object.values(variants)) for (let i = 0; i < 100; i += 1) work()
const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round += 1)
  for (const [name, work] of Object.entries(variants)) times[name].push(cpu(work))

const base = times['JSON.stringify']
console.log(`${STEPS} steps, ${ROUNDS} rounds, CPU time, Node ${process.version}`)
for (const [name, values] of Object.entries(times)) {
  const ratio = median(base.map((value, round) => value / values[round]))
  const rate = Math.round((STEPS / median(values)) * 1000)
  console.log(
    `${name.padEnd(26)} ${median(values).toFixed(3)} ms   ${ratio.toFixed(2)}x   ${rate.toLocaleString('en')} records/s`,
  )
}
const plain = median(base.map((value, round) => value / times['records to plain text'][round]))
console.log(
  `P8 plain text from records, of JSON.stringify's speed: ${plain.toFixed(2)}x, gate 0.35x: ${plain >= 0.35 ? 'gate met' : 'gate missed'}`,
)
const rate = STEPS / (median(times['records to document']) / 1000)
console.log(
  `fold without text: ${Math.round(rate).toLocaleString('en')} records/s, gate 400,000: ${rate >= 400_000 ? 'gate met' : 'gate missed'}`,
)
