// Runs every benchmark of the repository, or those whose path holds the given word, one after another.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const wanted = process.argv[2] ?? ''
let failed = 0
for (const name of readdirSync(join(root, 'packages')).sort()) {
  const folder = join(root, 'packages', name, 'bench')
  if (!existsSync(folder)) continue
  for (const file of readdirSync(folder)
    .filter((entry) => entry.endsWith('.mjs') && !entry.startsWith('_'))
    .sort()) {
    const path = join('packages', name, 'bench', file)
    if (!path.includes(wanted)) continue
    console.log(`\n== ${path}`)
    const { status } = spawnSync(process.execPath, ['--expose-gc', join(root, path)], { stdio: 'inherit', cwd: root })
    if (status !== 0) failed += 1
  }
}
process.exitCode = failed === 0 ? 0 : 1
