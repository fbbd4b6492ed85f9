// What it costs a process to send 100,000 spans, ours tracked and stock by hand, on the CPU clock of the whole process.
// All spans must arrive. The bench is the receiver.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchNodeSdk } from './_node-sdk.mjs'
import { createSink } from './_sink.mjs'
import { RUNS, STEPS } from './_workload.mjs'

const ROUNDS = 9
/** What has no gate is looked at less often: it takes three times as long. */
const DOCUMENT_ROUNDS = 3
const GATE = 1

const results = mkdtempSync(join(tmpdir(), 'runspan-bench-'))
const variants = {
  ours: { program: '_send-ours.mjs', env: { RUNSPAN_RESULTS_DIR: 'none' } },
  'ours with documents': { program: '_send-ours.mjs', env: { RUNSPAN_RESULTS_DIR: results } },
  stock: { program: '_send-stock.mjs', env: { OTEL_BSP_MAX_QUEUE_SIZE: '65536', OTEL_LOGS_EXPORTER: 'none' } },
}

async function send(sink, name, round) {
  const { program, env } = variants[name]
  const path = `/${encodeURIComponent(name)}/${round}`
  const clean = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(OTEL|RUNSPAN|NODE)_/.test(key)))
  const to = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: sink.url + path, OTEL_METRICS_EXPORTER: 'none' }
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
    env: { ...clean, ...to, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const chunk of child.stdout) text += chunk
  const arrived = sink.count(path)
  if (arrived !== RUNS * (STEPS + 1)) throw new Error(`of ${name} ${arrived} spans arrived`)
  return Number(text)
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

function say(rounds, what, name, gate) {
  const counted = rounds.filter((times) => times[name] !== undefined)
  const ratio = median(counted.map((times) => times[name] / times.stock))
  const s = (of) => `${(median(counted.map((times) => times[of])) / 1_000).toFixed(2)} s`
  const verdict = gate === undefined ? '' : ratio <= gate ? `  gate met (${gate})` : `  gate missed (${gate})`
  console.log(`${what.padEnd(66)} ${ratio.toFixed(2)}x  ${s(name)} to ${s('stock')}${verdict}`)
}

const sink = await createSink()
try {
  if (!fetchNodeSdk()) console.log('the stock SDK could not be fetched: nothing was compared')
  else {
    const rounds = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const times = {}
      for (const name of Object.keys(variants)) {
        if (name === 'ours with documents' && round >= DOCUMENT_ROUNDS) continue
        times[name] = await send(sink, name, round)
      }
      rounds.push(times)
    }
    say(rounds, '100,000 spans sent, to the same spans by hand with a NodeSDK', 'ours', GATE)
    say(rounds, 'the same with journal and documents, which the other has not', 'ours with documents')
  }
} finally {
  sink.close()
  rmSync(results, { recursive: true, force: true })
}
