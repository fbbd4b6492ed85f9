// Packages to compare with. They are no dependencies of ours: they go into a folder of their own in the user's cache,
// fetched once.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the packages of that name are kept. */
export const peersFolder = (name) => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'runspan', name)

/** Fetches packages, by their versions, where they are not there yet. False where there is no registry. */
export function fetchPeers(folder, versions) {
  if (Object.keys(versions).every((name) => existsSync(join(folder, 'node_modules', name)))) return true
  console.log(`fetching ${Object.keys(versions).join(', ')} (once)`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: versions }))
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  return spawnSync('npm', args, { cwd: folder, stdio: 'inherit', timeout: 300_000 }).status === 0
}
