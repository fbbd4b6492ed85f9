// Runs the examples as their reader does: `npm start` twice, then with the broken file, which has to fail and say so; then
// every other folder of examples by its own start script and its own tests.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand, runNpm } from './run-command.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const results = join(root, 'results')
const faults = []

function documentsSince(time) {
  if (!existsSync(results)) return []
  return readdirSync(results, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && !entry.parentPath.includes('.runspan'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).mtimeMs >= time)
}

function example(args, expectation) {
  const began = Date.now()
  const shown = ['npm start', ...args].join(' ')
  const run = runNpm(['start', '--silent', ...args], { cwd: root, timeout: 120_000 })
  const fault = (what) => faults.push(`${shown}: ${what}`)
  process.stdout.write(`${shown}: exit ${run.code} after ${Date.now() - began} ms\n`)

  if (run.code !== expectation.exit) fault(`exit ${run.code}, expected ${expectation.exit}\n${run.output}`)
  const written = documentsSince(began)
  if (written.length === 0) return fault('no document was written below results/')
  const rows = written.flatMap((path) => JSON.parse(readFileSync(path, 'utf8')).statuses ?? [])
  if (rows.length === 0) fault('the documents have no rows')
  const failed = rows.filter((row) => row.status === 'failed')
  if (expectation.exit === 0 && failed.length > 0) fault(`${failed.length} rows are failed`)
  if (expectation.exit !== 0 && !failed.some((row) => Number.isInteger(row.error_code) && row.stacktrace)) {
    fault('no failed row has an integer error code and a stack')
  }
  const isNamed = written.some((path) => run.stdout.includes(path) || run.stdout.includes(path.slice(root.length + 1)))
  if (!isNamed) fault('the output does not name the document')
}

/** What another folder of examples has: a start script, tests, or both. */
function others(name) {
  const folder = join(root, 'examples', name)
  const manifest = join(folder, 'package.json')
  const scripts = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).scripts : undefined
  if (scripts?.start)
    timed(`examples/${name}: npm start`, () => runNpm(['start', '--silent'], { cwd: folder, timeout: 120_000 }))
  if (readdirSync(folder, { recursive: true }).some((path) => /^src.*\.test\.ts$/.test(path))) {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const args = [vitest, 'run', '--config', 'test/vitest.config.ts', `examples/${name}/`]
    timed(`examples/${name}: tests`, () => runCommand(process.execPath, args, { cwd: root, timeout: 120_000 }))
  }
}

function timed(name, work) {
  const began = Date.now()
  const { code, output } = work()
  process.stdout.write(`${name}: exit ${code} after ${Date.now() - began} ms\n`)
  if (code !== 0) faults.push(`${name} ended with ${code}:\n${output}`)
}

example([], { exit: 0 })
example([], { exit: 0 })
example(['--', '--broken'], { exit: 1 })
for (const entry of readdirSync(join(root, 'examples'), { withFileTypes: true })) {
  if (entry.isDirectory()) others(entry.name)
}

for (const fault of faults) process.stderr.write(`${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
