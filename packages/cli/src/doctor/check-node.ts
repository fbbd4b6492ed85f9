import { readFileSync } from 'node:fs'
import { type Check, fail, ok } from './check.js'
import { compareVersions } from './versions.js'

/** Node's version against the one that this package asks for. */
export function checkNode(version = process.versions.node): Check {
  const least = leastVersion()
  if (compareVersions(version, least) >= 0) return ok('node', `${version}; ${least} or later is needed`)
  return fail('node', `${version} is too old; ${least} or later is needed`, 'nvm install --lts')
}

/** Manifests of this workspace write their engine as `>=20.19.0`. */
function leastVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return manifest.engines.node.replace(/^>=\s*/, '')
}
