// Every package at work, on whatever Node runs this: `smoke <csv> <bin of runspan> <entry> ...` prints what it saw as JSON.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [csv, bin, ...entries] = process.argv.slice(2)
const run = (args, env = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 60_000,
  })
  return { status, stdout, stderr }
}
const ended = ({ status, stdout, stderr }, what) => {
  if (status !== 0) throw new Error(`${what} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}
const readOnly = (folder) => {
  const [name, ...more] = readdirSync(folder).filter((entry) => entry.endsWith('.json'))
  if (name === undefined || more.length > 0) throw new Error(`${folder} holds ${more.length + 1} documents, not one`)
  return JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))
}

for (const entry of entries) await import(entry)

const collector = spawn(process.execPath, [bin, 'serve', '--port', '0', '--json', '--store', 'smoke.db'], {
  stdio: ['ignore', 'pipe', 'pipe'],
})
let said = ''
collector.stderr.on('data', (chunk) => {
  said += chunk
})
const stopped = once(collector, 'close')
const listening = await Promise.race([once(createInterface(collector.stdout), 'line'), stopped.then(() => [])])
if (typeof listening[0] !== 'string') throw new Error(`runspan serve ended before it listened:\n${said}`)
const { runs, store } = JSON.parse(listening[0])
const url = new URL(runs).origin

let seen = {}
try {
  const weather = run(['weather.mjs', csv], { RUNSPAN_ENDPOINT: url, RUNSPAN_RESULTS_DIR: 'smoke' })
  const { key } = JSON.parse(ended(weather, 'the workflow'))
  const inProcess = readOnly('smoke/weather')
  const overWire = JSON.parse(ended(run([bin, 'show', key, '--from', url, '--document']), 'runspan show --document'))
  const tree = ended(run([bin, 'show', key, '--from', url]), 'runspan show of the collector')
  const fromFolder = ended(run([bin, 'show', inProcess.run.id, '--from', 'smoke']), 'runspan show of the folder')

  // Started by the flag alone: the program knows nothing of it.
  const flagged = "import('@runspan/sdk').then(({ runWorkflow }) => runWorkflow('flagged', async () => 1))"
  ended(run(['--import', '@runspan/node/register', '-e', flagged], { RUNSPAN_RESULTS_DIR: 'flag' }), '--import')

  const same = (document) => JSON.stringify({ ...document, provenance: null })
  seen = {
    store,
    rows: inProcess.statuses.map((row) => `${row.title} ${row.status}`),
    bothRoads: same(inProcess) === same(overWire),
    shown: [tree, fromFolder].map((text) => ['read', 'sum'].every((step) => text.includes(step))),
    flagged: readOnly('flag/flagged').run.outcome,
  }
} finally {
  collector.kill('SIGTERM')
  await stopped
}
const [exit] = await stopped
console.log(JSON.stringify({ ...seen, exit, said: said.replace(/\d+ records/, 'N records').trim() }))
