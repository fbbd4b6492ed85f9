// What a tarball may hold, and how big it may be.

/** Bytes packed and unpacked; a package that grows past its bound does so on purpose, here. */
const BOUND = { packed: 160_000, unpacked: 600_000 }
const BOUNDS = {
  // Its page for the browser comes with it.
  '@runspan/collector': { packed: 400_000, unpacked: 1_500_000 },
  // Many small files, their maps and their sources for whoever steps into them.
  '@runspan/results': { packed: 400_000, unpacked: 1_500_000 },
}

const ALLOWED = [
  /^package\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^(lib|dist|bin)\/.+\.js(\.map)?$/,
  /^dist\/.+\.d\.ts$/,
  /^schemas\/[\w.-]+\.json$/,
  // What the collector serves to a browser.
  /^(lib|dist)\/(page|ui)\/.+\.(html|css|svg|png|ico|webmanifest|woff2)$/,
]
const NEVER = /\.(test|testsuite|bench)\.|\.tsbuildinfo$|(^|\/)\./
const NEEDED = ['package.json', 'README.md', 'LICENSE']

/** One sentence per fault of a tarball, as `npm pack --json` describes it. */
export function contentFaults({ name, size, unpackedSize, files }) {
  const paths = files.map((file) => file.path)
  const bound = BOUNDS[name] ?? BOUND
  const faults = []
  for (const path of paths) {
    if (NEVER.test(path) || !ALLOWED.some((pattern) => pattern.test(path))) faults.push(`${name} holds ${path}`)
  }
  for (const path of NEEDED) if (!paths.includes(path)) faults.push(`${name} lacks ${path}`)
  if (!paths.some((path) => path.startsWith('dist/'))) faults.push(`${name} holds nothing that was built`)
  if (size > bound.packed) faults.push(`${name} is ${size} bytes packed, more than ${bound.packed}`)
  if (unpackedSize > bound.unpacked)
    faults.push(`${name} is ${unpackedSize} bytes unpacked, more than ${bound.unpacked}`)
  return faults
}

/** Every path of `exports` and `bin`, also below conditions. */
function entryPaths(manifest) {
  const paths = []
  const walk = (value) => {
    if (typeof value === 'string') paths.push(value.replace(/^\.\//, ''))
    else if (value !== null && typeof value === 'object') Object.values(value).forEach(walk)
  }
  walk(manifest.exports ?? {})
  walk(manifest.bin ?? {})
  return paths
}

/** What the manifest names and the tarball lacks; a `*` stands for any file at all. */
export function missingEntries(manifest, files) {
  const held = files.map((file) => file.path)
  return entryPaths(manifest).filter((path) => {
    const [start, end] = path.split('*')
    return !held.some((name) => (end === undefined ? name === path : name.startsWith(start) && name.endsWith(end)))
  })
}

/** Names a user can import: the package and its subpaths, without the manifest. */
export function entryNames(manifest) {
  return Object.keys(manifest.exports ?? {})
    .filter((subpath) => subpath !== './package.json' && !subpath.includes('*'))
    .map((subpath) => manifest.name + subpath.slice(1))
}
