// All packages have one version and are released together.
//   node .ci/release.mjs version 0.2.0       writes it into every manifest and the lock file
//   node .ci/release.mjs publish --dry-run   packs everything and asks npm what it would publish
//   node .ci/release.mjs publish             publishes with provenance; only a build server can
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packAll, publicPackages } from './packaging/pack.mjs'
import { changesOf, inPublishOrder, withVersion } from './release/plan.mjs'
import { runCommand, runNpm } from './run-command.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function writeVersion(version) {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? '')) fail(`'${version}' is no version; write it like 0.2.0`)
  const examples = readdirSync(join(root, 'examples')).map((name) => join(root, 'examples', name))
  const folders = [...publicPackages(root).map(({ folder }) => folder), ...examples]
  const paths = folders.map((folder) => join(folder, 'package.json')).filter((path) => existsSync(path))
  const ours = new Set(paths.map((path) => readJson(path).name))
  for (const path of paths) writeJson(path, withVersion(readJson(path), version, ours))

  const lockPath = join(root, 'package-lock.json')
  const lock = readJson(lockPath)
  const entries = Object.entries(lock.packages).map(([path, entry]) => [path, withVersion(entry, version, ours)])
  writeJson(lockPath, { ...lock, packages: Object.fromEntries(entries) })
  process.stdout.write(`${paths.length} manifests and the lock file say ${version}; now describe it in CHANGELOG.md\n`)
}

function publish(isDryRun) {
  const scratch = mkdtempSync(join(tmpdir(), 'runspan-release-'))
  try {
    const packs = packAll(root, scratch)
    const version = packs[0].manifest.version
    if (!isDryRun) checkReleasable(version)
    for (const manifest of inPublishOrder(packs.map((pack) => pack.manifest))) {
      const { tarball } = packs.find((pack) => pack.manifest === manifest)
      const args = ['publish', tarball, '--access', 'public', '--provenance', ...(isDryRun ? ['--dry-run'] : [])]
      const { code, output } = runNpm(args, { cwd: root })
      if (code !== 0) fail(`${manifest.name} ${version} was not published:\n${output}`)
      process.stdout.write(`${isDryRun ? 'would publish' : 'published'} ${manifest.name} ${version}\n`)
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function checkReleasable(version) {
  const status = runCommand('git', ['status', '--porcelain'], { cwd: root })
  if (status.code !== 0 || status.output !== '')
    fail('Only what is committed is published: commit or remove the changes.')
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  if (changesOf(changelog, version) === undefined) fail(`CHANGELOG.md says nothing below "## ${version}".`)
}

const [verb, ...args] = process.argv.slice(2)
if (verb === 'version') writeVersion(args[0])
else if (verb === 'publish') publish(args.includes('--dry-run'))
else fail('Usage: node .ci/release.mjs version <x.y.z> | publish [--dry-run]')
