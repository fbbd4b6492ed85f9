// P15: the latest 50 runs, and the document of one run of 200 steps, at 1 M steps. P16: growth from 10 k to 1 M steps.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { documentText } from '@runspan/results/core'
import { openSqliteStore } from '../dist/store/sqlite/sqlite-store.js'
import { findDocument } from '../dist/store/summary.js'
import { median } from './_gates.mjs'

const STEPS = 200
const SIZES = [10_000, 1_000_000]
const ASKED = 200

function makeRun(run) {
  const traceId = randomBytes(16).toString('hex')
  const rootId = randomBytes(8).toString('hex')
  const key = `${traceId}-${rootId}`
  const seconds = 1_763_000_000 + run
  const records = Array.from({ length: STEPS + 1 }, (_, step) => ({
    phase: 'ended',
    seq: 0,
    traceId,
    spanId: step === 0 ? rootId : randomBytes(8).toString('hex'),
    parentSpanId: step === 0 ? null : rootId,
    name: step === 0 ? 'daily_import' : 'validate row',
    start: `${seconds}000000000`,
    end: `${seconds}900000000`,
    status: 'unset',
    attributes: {
      'runspan.kind': step === 0 ? 'run' : 'step',
      'runspan.run.key': key,
      'runspan.name': step === 0 ? 'daily_import' : 'validate row',
      'runspan.outcome': 'success',
      ...(step === 0
        ? { 'runspan.run.id': `run-${run}` }
        : { 'runspan.parent.id': rootId, 'runspan.ordinal': step, 'runspan.target': 'https://example.org/a.csv' }),
    },
  }))
  return { key, records }
}

async function p50(work) {
  const times = []
  for (let n = 0; n < ASKED; n++) {
    const begin = performance.now()
    await work(n)
    times.push(performance.now() - begin)
  }
  return median(times)
}

const folder = mkdtempSync(join(tmpdir(), 'runspan-bench-'))
try {
  const store = openSqliteStore(join(folder, 'store.db'))
  const keys = []
  const measured = []
  for (const size of SIZES) {
    while (keys.length * STEPS < size) {
      const runs = Array.from({ length: 10 }, (_, n) => makeRun(keys.length + n))
      await store.append(runs.flatMap(({ records }) => records))
      for (const { key } of runs) keys.push(key)
    }
    const list = await p50(() => store.list({ limit: 50 }))
    const document = await p50(async (n) => {
      const key = keys[(n * 7919) % keys.length]
      const { records, revision } = await store.read(key)
      documentText(findDocument(key, records, revision))
    })
    measured.push({ list, document })
  }
  await store.close()
  const [small, large] = measured
  const say = (id, what, value, gate, unit) =>
    console.log(
      `${id}  ${what.padEnd(58)} ${`${value.toFixed(2)} ${unit}`.padStart(18)}  (gate ${gate} ${unit})  gate ${value <= gate ? 'met' : 'missed'}`,
    )
  say('P15', 'latest 50 runs at 1 M steps, p50', large.list, 1, 'ms')
  say('P15', 'one 200-step document at 1 M steps, p50', large.document, 2, 'ms')
  say('P16', 'growth of the list from 10 k to 1 M steps', large.list / small.list, 1.5, 'x')
  say('P16', 'growth of the document from 10 k to 1 M steps', large.document / small.document, 1.5, 'x')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
