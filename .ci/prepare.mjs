// What every command of the workspace calls first: a Node that is new enough, the dependencies of the lock file, and an
// up-to-date build. It says nothing when there is nothing to do, so that the command's own output stands alone.
// `node .ci/prepare.mjs install` leaves the build out.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundlePackage, isBundled } from './bundle.mjs'
import { withLock } from './lock.mjs'
import { npmCommand } from './run-command.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamps = join(root, 'node_modules', '.runspan')
const installStamp = join(stamps, 'installed')
const buildStamp = join(stamps, 'built')

/** A build faster than this needs no word. */
const QUIET_BUILD_MS = 1500

class Failure extends Error {
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

const say = (line) => process.stderr.write(`${line}\n`)
const textOf = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')
const hashOf = (text) => createHash('sha256').update(text).digest('hex')
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))

function checkNode() {
  const wanted = readJson('package.json').engines.node.replace(/^>=/, '')
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  throw new Failure(
    `runspan: this is Node ${process.versions.node}, but ${wanted} or newer is needed. ` +
      'Install a newer one from https://nodejs.org and run the same command again.',
    1,
  )
}

const lockHash = () => hashOf(textOf(join(root, 'package-lock.json')))

const isInstalled = () => textOf(installStamp) === lockHash()

/** True when npm itself has installed what the lock file says, for example by an `npm ci` typed by hand. */
function isInstalledByHand() {
  const hidden = textOf(join(root, 'node_modules', '.package-lock.json'))
  if (hidden === '') return false
  const present = JSON.parse(hidden).packages
  return Object.entries(readJson('package-lock.json').packages)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.optional)
    .every(([path, entry]) => present[path]?.version === entry.version && existsSync(join(root, path)))
}

/** Runs a program without showing its output; resolves to its exit code and what it said. */
function run(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 1), output: Buffer.concat(chunks).toString().trim() }),
    )
  })
}

async function install() {
  if (isInstalled()) return
  if (isInstalledByHand()) return stamp(installStamp, lockHash())
  rmSync(installStamp, { force: true })
  rmSync(buildStamp, { force: true })
  say('runspan: installing the dependencies with `npm ci` (once, and again when package-lock.json changes)')
  const [command, before] = npmCommand()
  // The development dependencies build and test the workspace, also where NODE_ENV or npm's settings leave them out.
  const args = ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund']
  const env = { ...process.env }
  // Set when the outer command was given --workspace or --dry-run; the install is of the whole workspace.
  for (const name of ['npm_config_workspace', 'npm_config_workspaces', 'npm_config_dry_run']) delete env[name]
  const wanted = lockHash()
  const { code, output } = await run(command, [...before, ...args, '--loglevel=error'], env)
  if (code !== 0) {
    throw new Failure(
      `${output}\nrunspan: \`npm ci\` ended with code ${code}. ` +
        'Check the network and the registry (`npm ping`), then run the same command again.',
      code,
    )
  }
  stamp(installStamp, wanted)
}

function stamp(path, content) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(path, content)
}

/** What is built: every project of the root tsconfig but the tests, whose types only `npm run types` needs. */
const projects = () =>
  readJson('tsconfig.json')
    .references.map((reference) => reference.path)
    .filter((path) => !/^(\.\/)?test$/.test(path))

function* sourcesUnder(folder) {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sourcesUnder(path)
    else if (!/\.test(suite)?\.tsx?$/.test(entry.name)) yield path
  }
}

/** Changes whenever a source or a setting of the build does: names, sizes and times, no content, to be quick. */
function buildFingerprint() {
  const files = ['tsconfig.json', 'test/tsconfig.base.json', 'package-lock.json', '.ci/bundle.mjs'].map((path) =>
    join(root, path),
  )
  for (const project of projects()) {
    files.push(join(root, project, 'package.json'), join(root, project, 'tsconfig.json'))
    files.push(...sourcesUnder(join(root, project, 'src')))
  }
  const facts = files.filter(existsSync).map((path) => {
    const { size, mtimeMs } = statSync(path)
    return `${path} ${size} ${mtimeMs}`
  })
  return hashOf([process.versions.node, ...facts.sort()].join('\n'))
}

const isBuilt = () =>
  projects().every((project) => existsSync(join(root, project, 'dist')) && isBundled(join(root, project))) &&
  textOf(buildStamp) === buildFingerprint()

async function build() {
  if (isBuilt()) return
  const fingerprint = buildFingerprint()
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const slow = setTimeout(() => say('runspan: building the packages with `tsc --build` and rolldown'), QUIET_BUILD_MS)
  const { code, output } = await run(process.execPath, [tsc, '--build', '--pretty', 'false', ...projects()])
  if (code !== 0) {
    clearTimeout(slow)
    throw new Failure(`${output}\nrunspan: the build failed with code ${code}; mend what stands above.`, code)
  }
  for (const project of projects()) await bundlePackage(join(root, project))
  clearTimeout(slow)
  stamp(buildStamp, fingerprint)
}

try {
  checkNode()
  const withBuild = process.argv[2] !== 'install'
  if (!isInstalled() || (withBuild && !isBuilt())) {
    await withLock(`prepare:${root}`, say, async () => {
      await install()
      if (withBuild) await build()
    })
  }
} catch (error) {
  if (!(error instanceof Failure)) throw error
  say(error.message)
  process.exitCode = error.exitCode
}
