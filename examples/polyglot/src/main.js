// Reads a text with two programs, one of them in Python: node main.js TEXT
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startRunspan } from '@runspan/node'
import { currentRun, runStep, trackWorkflow } from '@runspan/sdk'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error('Usage: node main.js TEXT')
  process.exit(2)
}

const runspan = startRunspan({ serviceName: 'reader' })

/** Runs a program in the current run and gives what it printed, as JSON. */
async function ask(command, script, ...args) {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(command, [path, ...args], { env: runspan.childEnv(), stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${script} ended with code ${code}`)
  return JSON.parse(output)
}

const read = trackWorkflow('read_text', { version: '1.0.0' }, async (path) => {
  const { words } = await runStep('count', () => ask(process.execPath, 'count.js', path))
  const { longest, mean } = await runStep('measure', () => ask(process.env.PYTHON ?? 'python3', 'measure.py', path))
  return { run: currentRun().runKey, words, longest, mean }
})

try {
  console.log(JSON.stringify(await read(file)))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
await runspan.shutdown()
