// Makes the tarballs that a release would publish: what was built, with the licence and a README beside it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { runNpm } from '../run-command.mjs'

/** The packages of a workspace that are published. */
export function publicPackages(root) {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
}

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else yield path
  }
}

/** Output of a source that is gone: the build never removes it, and it would be published. */
function isStale(folder, path) {
  const output = /^(.*)\.(?:d\.ts|js)(?:\.map)?$/.exec(relative(join(folder, 'dist'), path))?.[1]
  if (output === undefined || !existsSync(join(folder, 'src', dirname(output)))) return false
  return !['.ts', '.tsx'].some((extension) => existsSync(join(folder, 'src', output + extension)))
}

/** A map that travels alone carries its sources; a declaration says nothing of a map that stays at home. */
function publishedText(path, text) {
  if (path.endsWith('.d.ts')) return text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  if (!path.endsWith('.js.map')) return text
  const map = JSON.parse(text)
  const from = join(dirname(path), map.sourceRoot ?? '')
  const sourcesContent = map.sources.map((source) => {
    const at = join(from, source)
    return existsSync(at) ? readFileSync(at, 'utf8') : null
  })
  return JSON.stringify({ ...map, sourcesContent })
}

const STAYS_AT_HOME = /\.tsbuildinfo$|\.d\.ts\.map$|\.(test|testsuite)\./
const IS_TEXT = /\.(d\.ts|js\.map)$/

/** Lays a package out as it is published. */
function stage({ folder, manifest }, root, into) {
  const listed = manifest.files ?? []
  if (!existsSync(join(folder, 'dist'))) throw new Error(`${manifest.name} is not built: there is no dist folder.`)
  for (const path of filesBelow(join(folder, 'dist'))) {
    if (STAYS_AT_HOME.test(path) || !(listed.includes('dist') || path.endsWith('.d.ts'))) continue
    if (isStale(folder, path))
      throw new Error(`${relative(root, path)} has no source any more: remove dist, build again.`)
    const target = join(into, relative(folder, path))
    mkdirSync(dirname(target), { recursive: true })
    if (IS_TEXT.test(path)) writeFileSync(target, publishedText(path, readFileSync(path, 'utf8')))
    else cpSync(path, target)
  }
  // What else the manifest lists, such as bundles and JSON schemas, is published as it stands.
  for (const name of listed.filter((pattern) => !/^!|^dist\b/.test(pattern))) {
    cpSync(join(folder, name), join(into, name), { recursive: true })
  }
  cpSync(join(root, 'LICENSE'), join(into, 'LICENSE'))
  const readme = join(folder, 'README.md')
  if (existsSync(readme)) cpSync(readme, join(into, 'README.md'))
  else writeFileSync(join(into, 'README.md'), readmeOf(manifest))
  writeFileSync(join(into, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

const readmeOf = ({ name, description }) =>
  `# ${name}\n\n${description}\n\nPart of Runspan: every workflow run, step by step, as OpenTelemetry traces and metrics, and as a result document.\n`

/** Packs every public package; gives for each its manifest, its tarball and what npm says of it. */
export function packAll(root, scratch) {
  const tarballs = join(scratch, 'tarballs')
  mkdirSync(tarballs, { recursive: true })
  return publicPackages(root).map((source) => {
    const into = join(scratch, 'staged', source.manifest.name.replace('/', '-'))
    mkdirSync(into, { recursive: true })
    stage(source, root, into)
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', tarballs]
    const { code, stdout, output } = runNpm(args, { cwd: into })
    if (code !== 0) throw new Error(`npm pack of ${source.manifest.name} failed:\n${output}`)
    // npm 11 gives a list, later ones an object by name.
    const [packed] = Object.values(JSON.parse(stdout))
    return { manifest: source.manifest, tarball: join(tarballs, packed.filename), packed, staged: into }
  })
}
