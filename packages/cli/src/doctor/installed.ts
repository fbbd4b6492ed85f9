import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A copy of a package on the disk. */
export interface Copy {
  readonly name: string
  readonly version: string
  /** Its real folder: the same copy may be reached by several ways. */
  readonly folder: string
}

interface Manifest {
  version?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** No program needs more; whoever has more waits for no doctor. */
const MAX_PACKAGES = 5_000

/**
 * The copies of packages that a program in that folder, or anything it depends on, would load. It goes from package to
 * package as Node resolves them, so what merely lies around does not count.
 */
export function findCopies(cwd: string, names: readonly string[]): Copy[] {
  const found = new Map<string, Copy>()
  const seen = new Set<string>()
  const take = (name: string, from: string) => {
    const folder = resolvePackage(name, from)
    if (folder === undefined) return undefined
    if (names.includes(name)) found.set(folder, { name, folder, version: readManifest(folder)?.version ?? '0.0.0' })
    return folder
  }
  for (const name of names) take(name, cwd)
  const home = nearestManifest(cwd)
  const waiting = home === undefined ? [] : [home]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (seen.has(folder) || seen.size >= MAX_PACKAGES) continue
    seen.add(folder)
    const manifest = readManifest(folder)
    const development = folder === home ? manifest?.devDependencies : undefined
    const { dependencies, optionalDependencies, peerDependencies } = manifest ?? {}
    for (const name of Object.keys({ ...development, ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const next = take(name, folder)
      if (next !== undefined) waiting.push(next)
    }
  }
  return [...found.values()]
}

/** By folders alone: `exports` of a package may hide its manifest from `require.resolve`. */
function resolvePackage(name: string, from: string): string | undefined {
  for (const folder of createRequire(join(from, 'package.json')).resolve.paths(name) ?? []) {
    if (readManifest(join(folder, name)) !== undefined) return realpathSync(join(folder, name))
  }
  return undefined
}

function nearestManifest(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (readManifest(folder) !== undefined) return realpathSync(folder)
    if (folder === dirname(folder)) return undefined
  }
}

function readManifest(folder: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined
  } catch {
    // Most places that Node looks at hold no such package; that is how it looks.
    return undefined
  }
}
