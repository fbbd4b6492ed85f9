// One project of somebody else: a folder outside the workspace that installs the tarballs.
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { npmCommand, runCommand } from '../run-command.mjs'

const INSTALL = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

export function write(folder, name, text) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), typeof text === 'string' ? text : JSON.stringify(text, null, 2))
}

/** The dependencies that name every tarball. */
export const tarballs = (packs) =>
  Object.fromEntries(packs.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]))

/** The environment of a user of another Node: a command that looks for `node` finds that one. */
export const environmentOf = (node) => ({ ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` })

/** Installs with npm on the Node given; a package that does not want that Node is then an error. */
export function install(folder, dependencies, packs, node) {
  // Packages of ours that the tarballs name come from tarballs too: nothing of ours is fetched.
  const overrides = tarballs(packs)
  for (const name of Object.keys(dependencies)) if (name in overrides) overrides[name] = `$${name}`
  write(folder, 'package.json', { name: 'consumer', private: true, dependencies, overrides })
  const [command, before] = npmCommand()
  if (node === undefined) return patiently(command, [...before, ...INSTALL], { cwd: folder })
  const program = before.length === 0 ? command : node
  return patiently(program, [...before, ...INSTALL, '--engine-strict'], { cwd: folder, env: environmentOf(node) })
}

/** npm now and then stops without an end while it installs; a second try then takes seconds. */
function patiently(command, args, options) {
  try {
    return runCommand(command, args, { ...options, timeout: 100_000 })
  } catch (error) {
    if (error.code !== 'ETIMEDOUT') throw error
    process.stderr.write(`npm did not end within 100 s in ${options.cwd}; once more\n`)
    return runCommand(command, args, options)
  }
}
