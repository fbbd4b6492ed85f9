// What a user of the packages installs with them may be used under licences that ask for no more than ours.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { licenceFaults, runtimePackages } from './licences/runtime.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

/** The lock file says it; where it does not, the installed manifest does. */
function licenceOf(path) {
  if (packages[path].license) return packages[path].license
  const manifest = join(root, path, 'package.json')
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).license : undefined
}

const runtime = runtimePackages(packages)
const faults = licenceFaults(runtime.map((path) => [path, licenceOf(path)]))
const counts = new Map()
for (const path of runtime) counts.set(licenceOf(path), (counts.get(licenceOf(path)) ?? 0) + 1)

process.stdout.write(
  `${runtime.length} packages at run time: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}\n`,
)
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1
