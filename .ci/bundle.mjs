// Makes one file of each public entry of a package, `lib/*.js`, out of its sources: an import of forty small modules
// takes four times as long as that of one. `tsc` beside it checks the types and writes the declarations to `dist`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'

/** The file of `src` that a built file of `lib` is made of, by the place of the declarations beside it. */
const sourceOf = (types) => types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts')

/** Name and source of each entry that a manifest's `exports` say is bundled. */
function entriesOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return Object.values(manifest.exports ?? {}).flatMap((target) => {
    const name = /^\.\/lib\/(.+)\.js$/.exec(target.default ?? '')?.[1]
    return name === undefined ? [] : [[name, join(folder, sourceOf(target.types))]]
  })
}

/** True when every bundle that a package's manifest names is there. */
export const isBundled = (folder) => entriesOf(folder).every(([name]) => existsSync(join(folder, 'lib', `${name}.js`)))

/** Bundles a package; what it imports from others stays an import. Files that stay the same are not written again. */
export async function bundlePackage(folder) {
  const entries = entriesOf(folder)
  if (entries.length === 0) return
  const { rolldown } = await import('rolldown')
  const bundle = await rolldown({
    input: Object.fromEntries(entries),
    external: (id) => !isAbsolute(id) && !id.startsWith('.'),
    platform: 'neutral',
    tsconfig: false,
  })
  const lib = join(folder, 'lib')
  const { output } = await bundle.generate({
    dir: lib,
    format: 'esm',
    sourcemap: true,
    chunkFileNames: 'shared/[name].js',
    // Whoever imports only the core loads only the core, and that at once.
    codeSplitting: { groups: [{ name: 'core', test: /[\\/]src[\\/]core[\\/]/ }] },
  })
  await bundle.close()
  const files = new Map(output.map((file) => [join(lib, file.fileName), file.code ?? file.source]))
  for (const [path, text] of files) write(path, text)
  for (const entry of readdirSync(lib, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !files.has(path)) rmSync(path)
  }
}

function write(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
