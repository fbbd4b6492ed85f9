/** Permissive licences that go together with Apache-2.0 in one installation. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
])

/** True when an SPDX expression can be met by allowed licences alone. */
export function isAllowed(expression) {
  if (typeof expression !== 'string') return false
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1')
  if (/ OR /.test(bare)) return bare.split(' OR ').some(isAllowed)
  if (/ AND /.test(bare)) return bare.split(' AND ').every(isAllowed)
  return ALLOWED.has(bare)
}

/** One sentence for each package whose licence is not allowed or not known. */
export const licenceFaults = (pairs) =>
  pairs
    .filter(([, licence]) => !isAllowed(licence))
    .map(([path, licence]) => `${path} is under ${licence ?? 'no named licence'}`)

/** The lock file's paths of everything that installing our packages brings along, peers and optional ones too. */
export function runtimePackages(packages) {
  const found = new Set()
  const queue = Object.keys(packages).filter((path) => /^packages\/[^/]+$/.test(path))
  for (let owner = queue.pop(); owner !== undefined; owner = queue.pop()) {
    const { dependencies, peerDependencies, optionalDependencies } = packages[owner]
    for (const name of Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })) {
      const at = resolve(packages, owner, name)
      // Of ours, or an optional peer that nobody installed.
      if (at === undefined || packages[at].link || found.has(at)) continue
      found.add(at)
      queue.push(at)
    }
  }
  return [...found].sort()
}

/** Where Node finds a package from another one: the nearest node_modules above it. */
function resolve(packages, from, name) {
  for (let folder = from; ; ) {
    const at = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (at in packages) return at
    if (folder === '') return undefined
    folder = folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : ''
  }
}
