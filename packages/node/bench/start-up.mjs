// What a start costs beyond that of Node itself, of ours and of the stock SDK, in processes of their own by turns.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchNodeSdk } from './_node-sdk.mjs'

const ROUNDS = 21
const WARM_UP = 2
const GATE = 0.6

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const app = path('_empty-app.mjs')
const register = path('../lib/register.js')
const nodeSdk = path('_start-node-sdk.mjs')
const results = mkdtempSync(join(tmpdir(), 'runspan-bench-'))
const SENDS = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'none' }

const variants = {
  plain: { args: [], env: {} },
  ours: { args: ['--import', register], env: {} },
  'ours, sending': { args: ['--import', register], env: SENDS },
  NodeSDK: { args: ['--import', nodeSdk], env: {} },
  'NodeSDK, sending': { args: ['--import', nodeSdk], env: SENDS },
}

function start({ args, env }) {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|RUNSPAN|NODE)_/.test(name)))
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, app], {
    env: { ...clean, RUNSPAN_RESULTS_DIR: results, ...env },
    encoding: 'utf8',
  })
  if (status !== 0 || stderr !== '') throw new Error(`the program ended with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}

function measure() {
  const rounds = []
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const times = Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, start(variant)]))
    if (round >= 0) rounds.push(times)
  }
  return rounds
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

function say(rounds, what, ours, theirs, clock, gate) {
  const beyond = (name) => rounds.map((times) => times[name][clock] - times.plain[clock])
  const [own, other] = [beyond(ours), beyond(theirs)]
  const ratio = median(own.map((ms, round) => ms / other[round]))
  const ms = `${median(own).toFixed(0)} ms to ${median(other).toFixed(0)} ms over Node's ${median(rounds.map(({ plain }) => plain[clock])).toFixed(0)} ms`
  const verdict = gate === undefined ? '' : ratio <= gate ? `  gate met (${gate})` : `  gate missed (${gate})`
  console.log(`${what.padEnd(58)} ${clock.padEnd(4)} ${ratio.toFixed(2)}x  ${ms}${verdict}`)
}

try {
  if (!fetchNodeSdk()) console.log('the stock SDK could not be fetched: nothing was compared')
  else {
    const rounds = measure()
    // As it comes, ours writes documents and sends nothing, the other sends spans and logs.
    for (const [clock, gate] of [['cpu', GATE], ['wall']]) {
      say(rounds, '--import of ours to a bare NodeSDK, each as it comes', 'ours', 'NodeSDK', clock, gate)
      say(rounds, 'the same, both to send spans and metrics', 'ours, sending', 'NodeSDK, sending', clock)
    }
  }
} finally {
  rmSync(results, { recursive: true, force: true })
}
