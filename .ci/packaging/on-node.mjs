// The packages in an empty project on one version of Node: installed by it, imported, required, at work.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../run-command.mjs'
import { environmentOf, install, tarballs, write } from './consumer.mjs'
import { asRequire, runWeather } from './consumers.mjs'
import { entryNames } from './contents.mjs'

const STARTS_ON_IMPORT = /\/register$/
const EXPECTED = {
  rows: ['read success', 'sum success'],
  bothRoads: true,
  shown: [true, true],
  flagged: 'success',
  exit: 143,
  said: 'runspan: closed after N records',
}

/** True where Node brings SQLite along without a flag. */
export function hasSqlite(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 13)
}

/** Runs everything on one Node; gives its faults, what each part took, and which driver of SQLite it used. */
export function checkOnNode(packs, folder, node, { root, versions }) {
  const times = {}
  const faults = []
  const timed = (name, work) => {
    const began = Date.now()
    const found = work()
    times[name] = Date.now() - began
    faults.push(...found)
    return found.length === 0
  }
  const { '@opentelemetry/api': api, 'vega-datasets': data } = versions
  const dependencies = { ...tarballs(packs), '@opentelemetry/api': api, 'vega-datasets': data }
  const isInstalled = timed('install', () => {
    const { code, output } = install(folder, dependencies, packs, node.path)
    return code === 0 ? [] : [`npm install failed:\n${output}`]
  })
  if (!isInstalled) return { faults, times }

  const program = readFileSync(join(root, '.ci/packaging/weather.ts'), 'utf8')
  timed('import', () => runWeather(join(folder, 'esm'), 'weather.mjs', program, [node.path]))
  timed('require', () => runWeather(join(folder, 'commonjs'), 'weather.cjs', asRequire(program), [node.path]))

  const builtin = hasSqlite(node.version)
  const forget = () => rmSync(join(folder, 'node_modules/libsql'), { recursive: true, force: true })
  // Whoever works without it does not use it.
  if (builtin) forget()
  timed('smoke', () => smoke(packs, folder, node, { root, program }))
  if (!builtin) {
    forget()
    if (smoke(packs, folder, node, { root, program }).length === 0) faults.push('the collector does not use libsql')
  }
  return { faults, times, driver: builtin ? 'node:sqlite' : 'libsql' }
}

function smoke(packs, folder, node, { root, program }) {
  const at = join(folder, 'smoke')
  rmSync(at, { recursive: true, force: true })
  write(at, 'weather.mjs', program)
  write(at, 'smoke.mjs', readFileSync(join(root, '.ci/packaging/smoke.ts'), 'utf8'))
  const modules = join(folder, 'node_modules')
  const entries = packs.flatMap(({ manifest }) => entryNames(manifest)).filter((name) => !STARTS_ON_IMPORT.test(name))
  const args = [join(modules, 'vega-datasets/data/seattle-weather.csv'), join(modules, 'runspan/bin/runspan.js')]
  const { code, stdout, output } = runCommand(node.path, ['smoke.mjs', ...args, ...entries], {
    cwd: at,
    env: environmentOf(node.path),
    timeout: 120_000,
  })
  if (code !== 0) return [`the smoke test ended with ${code}:\n${output}`]
  const { store, ...seen } = JSON.parse(stdout)
  // Anything said beside the answer, such as a warning of Node, is a fault of ours in a user's eyes.
  if (output.trim() !== stdout.trim()) return [`the smoke test is not silent:\n${output}`]
  const [is, expected] = [JSON.stringify(seen), JSON.stringify(EXPECTED)]
  return is === expected ? [] : [`the smoke test saw ${is}, expected ${expected}; the store is ${store}`]
}
