// Other versions of Node, as the registry serves them: kept outside the checkout, each under its own number.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../lock.mjs'
import { runCommand, runNpm } from '../run-command.mjs'
import { cacheFolder } from '../tools.mjs'

const folder = join(cacheFolder, 'node')

/** The npm package `node` fetches this one by an install script; it is the binary itself, so no script has to run. */
const PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const BINARY = process.platform === 'win32' ? 'node.exe' : 'node'

/** Numbers of versions, newest first. */
export const newestFirst = (versions) => [...versions].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))

/** True when `version` is that of `line`, or belongs to it: 22.1.0 to 22, but not to 2. */
export const isOfLine = (version, line) => version === line || version.startsWith(`${line}.`)

function served(line) {
  const { code, stdout, output } = runNpm(['view', `${PACKAGE}@${line}`, 'version', '--json', '--loglevel=error'])
  if (code !== 0 || stdout.trim() === '') {
    const why = output.match(/"summary": "([^"\\]+)/)?.[1] ?? output.split('\n')[0]
    return { versions: [], reason: `the registry gives no ${PACKAGE}@${line}${why ? `: ${why}` : ''}` }
  }
  return { versions: [JSON.parse(stdout)].flat() }
}

/**
 * The newest Node of a line, such as `22`, or an exact version: `{ version, path }`. Where the registry does not answer,
 * one that is already here will do; where there is none, `{ reason }`.
 */
export async function prepareNode(line) {
  mkdirSync(folder, { recursive: true })
  const present = () =>
    readdirSync(folder).filter((name) => isOfLine(name, line) && existsSync(join(folder, name, 'ready')))
  const { versions, reason } = served(line)
  const [version] = newestFirst(versions.length > 0 ? versions : present())
  if (version === undefined) return { reason }
  const home = join(folder, version)
  const failure = await withLock(home, console.error, () => fetchInto(home, version))
  return failure === undefined
    ? { version, path: join(home, 'node_modules', PACKAGE, 'bin', BINARY) }
    : { reason: failure }
}

function fetchInto(home, version) {
  if (existsSync(join(home, 'ready'))) return undefined
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: { [PACKAGE]: version } }))
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  const { code, output } = runNpm(args, { cwd: home })
  if (code !== 0) return `${PACKAGE}@${version} cannot be installed: ${output.split('\n')[0]}`
  const said = runCommand(join(home, 'node_modules', PACKAGE, 'bin', BINARY), ['--version']).stdout.trim()
  if (said !== `v${version}`) return `${PACKAGE}@${version} says that it is ${said || 'nothing'}`
  writeFileSync(join(home, 'ready'), '')
  return undefined
}
