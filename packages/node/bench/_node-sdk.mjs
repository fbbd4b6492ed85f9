// The stock set-up to compare with. It is no dependency of ours: it goes into a folder of its own in the user's cache,
// fetched once; where there is no registry, that is said and nothing is compared.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const PEERS = { '@opentelemetry/api': '1.9.1', '@opentelemetry/sdk-node': '0.223.0' }
const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'runspan', 'node-sdk')

export function fetchNodeSdk() {
  if (Object.keys(PEERS).every((name) => existsSync(join(folder, 'node_modules', name)))) return true
  console.log(`fetching ${Object.keys(PEERS).join(', ')} (once)`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: PEERS }))
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  return spawnSync('npm', args, { cwd: folder, stdio: 'inherit', timeout: 300_000 }).status === 0
}

/** Loads one of the packages, as a program in that folder would. */
export const load = createRequire(join(folder, 'package.json'))
