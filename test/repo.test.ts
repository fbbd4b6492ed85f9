import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workspaceRoot } from './repo/tree.js'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function node(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // Started from elsewhere, without a terminal: nothing may depend on the folder or the keyboard.
    const child = spawn(process.execPath, args, {
      cwd: tmpdir(),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })
}

describe('the preparation of a clone', () => {
  let clone: string
  const file = (path: string) => join(clone, path)
  const write = (path: string, content: unknown) => {
    mkdirSync(dirname(file(path)), { recursive: true })
    writeFileSync(file(path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const prepare = (env?: NodeJS.ProcessEnv) => node([file('.ci/prepare.mjs')], env)
  const root = { name: 'clone', private: true, engines: { node: '>=20.19.0' }, workspaces: ['packages/*'] }

  beforeEach(() => {
    clone = mkdtempSync(join(realpathSync(tmpdir()), 'runspan clone '))
    for (const name of ['bundle.mjs', 'prepare.mjs', 'lock.mjs', 'run-command.mjs'])
      cpSync(join(workspaceRoot, '.ci', name), file(`.ci/${name}`))
    write('package.json', root)
    write('tsconfig.json', { files: [], references: [{ path: 'packages/one' }, { path: './test' }] })
    write('packages/one/package.json', { name: 'one', version: '1.0.0', type: 'module' })
    write('packages/one/tsconfig.json', {
      compilerOptions: { composite: true, rootDir: 'src', outDir: 'dist', types: [] },
      include: ['src'],
    })
    write('packages/one/src/one.ts', 'export const one: number = 1\n')
    // The real compiler, reached through the clone's own node_modules as everywhere.
    write('packages/typescript/package.json', { name: 'typescript', version: '1.0.0', type: 'module' })
    const compiler = pathToFileURL(join(workspaceRoot, 'node_modules/typescript/bin/tsc')).href
    write('packages/typescript/bin/tsc', `import '${compiler}'\n`)
    write('package-lock.json', {
      name: 'clone',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': root,
        'node_modules/one': { resolved: 'packages/one', link: true },
        'node_modules/typescript': { resolved: 'packages/typescript', link: true },
        'packages/one': { version: '1.0.0' },
        'packages/typescript': { version: '1.0.0' },
      },
    })
  })
  afterEach(() => rmSync(clone, { recursive: true, force: true }))

  it('installs and builds once, says so in one line, and says nothing when nothing changed', async () => {
    const first = await prepare({ CI: 'true', NODE_ENV: 'production' })
    expect(first).toMatchObject({ code: 0, stdout: '' })
    expect(first.stderr).toMatch(/^runspan: installing [^\n]*`npm ci`[^\n]*\n(runspan: building [^\n]*\n)?$/)
    expect(existsSync(file('packages/one/dist/one.js'))).toBe(true)

    const built = statSync(file('packages/one/dist/one.js')).mtimeMs
    expect(await prepare()).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(statSync(file('packages/one/dist/one.js')).mtimeMs).toBe(built)
  })

  it('builds again after a change, and after the output was removed', async () => {
    await prepare()
    write('packages/one/src/two.ts', 'export const two: number = 2\n')
    const second = await prepare()
    expect(second.code).toBe(0)
    expect(second.stderr).not.toContain('npm ci')
    expect(existsSync(file('packages/one/dist/two.js'))).toBe(true)

    rmSync(file('packages/one/dist'), { recursive: true })
    rmSync(file('packages/one/tsconfig.tsbuildinfo'), { force: true })
    expect((await prepare()).code).toBe(0)
    expect(existsSync(file('packages/one/dist/two.js'))).toBe(true)
  })

  it('bundles what `exports` names in `lib`, removes old files there, and bundles again after its output was removed', async () => {
    write('packages/one/package.json', {
      name: 'one',
      version: '1.0.0',
      type: 'module',
      exports: { '.': { types: './dist/one.d.ts', default: './lib/one.js' } },
    })
    write('packages/one/src/one.ts', "export { two as one } from './two.js'\n")
    write('packages/one/src/two.ts', 'export const two: number = 2\n')
    write('packages/one/lib/shared/old.js', '')
    const library = pathToFileURL(join(workspaceRoot, 'node_modules/rolldown/dist/index.mjs')).href
    write('packages/rolldown/package.json', {
      name: 'rolldown',
      version: '1.0.0',
      type: 'module',
      exports: './index.js',
    })
    write('packages/rolldown/index.js', `export * from '${library}'\n`)
    const lock = JSON.parse(readFileSync(file('package-lock.json'), 'utf8'))
    lock.packages['node_modules/rolldown'] = { resolved: 'packages/rolldown', link: true }
    lock.packages['packages/rolldown'] = { version: '1.0.0' }
    write('package-lock.json', lock)

    expect((await prepare()).code).toBe(0)
    const bundle = readFileSync(file('packages/one/lib/one.js'), 'utf8')
    expect(bundle).toContain('const two = 2')
    expect(bundle).not.toMatch(/from ['"]/)
    expect(existsSync(file('packages/one/lib/shared/old.js'))).toBe(false)
    rmSync(file('packages/one/lib'), { recursive: true })
    expect((await prepare()).code).toBe(0)
    expect(readFileSync(file('packages/one/lib/one.js'), 'utf8')).toBe(bundle)
  })

  it('accepts an install made by hand', async () => {
    await prepare()
    rmSync(file('node_modules/.runspan'), { recursive: true })
    expect((await prepare()).stderr).not.toContain('npm ci')
  })

  it('leaves the build out where only the install is asked for', async () => {
    expect((await node([file('.ci/prepare.mjs'), 'install'])).code).toBe(0)
    expect(existsSync(file('node_modules/one'))).toBe(true)
    expect(existsSync(file('packages/one/dist'))).toBe(false)
  })

  it('keeps the exit code of a failed install and says what to do', async () => {
    write('package.json', { ...root, dependencies: { absent: '1.0.0' } })
    const failed = await prepare({ npm_config_offline: 'true' })
    expect(failed.code).toBe(1)
    expect(failed.stderr).toMatch(/npm error[\s\S]*runspan: `npm ci` ended with code 1\. Check the network/)
  })

  it('shows where a build failed and tries again next time', async () => {
    write('packages/one/src/one.ts', "export const one: number = 'one'\n")
    const failed = await prepare()
    expect(failed.code).not.toBe(0)
    expect(failed.stderr).toMatch(/packages\/one\/src\/one\.ts\(1,14\): error TS2322/)
    expect((await prepare()).code).toBe(failed.code)
  })

  it('refuses a Node that is too old and names the one it needs', async () => {
    write('package.json', { ...root, engines: { node: '>=99.1.0' } })
    const refused = await prepare()
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`this is Node ${process.versions.node}, but 99.1.0 or newer is needed`)
  })

  it('waits for another one that prepares the same clone', async () => {
    const [one, two] = await Promise.all([prepare(), prepare()])
    expect([one.code, two.code]).toEqual([0, 0])
    expect(`${one.stderr}${two.stderr}`.match(/`npm ci`/g)).toHaveLength(1)
    expect(existsSync(file('packages/one/dist/one.js'))).toBe(true)
  })

  it('takes over the lock of a process that died', async () => {
    const dead = await new Promise<number>((resolve) => {
      const child = spawn(process.execPath, ['-e', ''])
      child.on('close', () => resolve(child.pid!))
    })
    const name = createHash('sha256').update(`prepare:${clone}`).digest('hex').slice(0, 16)
    writeFileSync(join(tmpdir(), `runspan-${name}.lock`), String(dead))
    expect((await prepare()).code).toBe(0)
    expect(existsSync(join(tmpdir(), `runspan-${name}.lock`))).toBe(false)
  })
})

describe('the script that proves a checkout', () => {
  it('refuses a stage it does not have and names those it has', () => {
    const run = spawnSync('bash', [join(workspaceRoot, '.ci/run'), 'absent'], { encoding: 'utf8' })
    expect(run.status).toBe(2)
    expect(run.stderr).toMatch(/no stage is called 'absent'; there are: .*\blint\b.*\bpackaging\b.*\btest\b/)
  })
})

describe('the count of a test run', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runspan-count-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const count = async (report?: object) => {
    const path = join(folder, 'report.json')
    if (report !== undefined) writeFileSync(path, JSON.stringify(report))
    return (await node([join(workspaceRoot, '.ci/count.mjs'), path])).stdout.trim()
  }
  const totals = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 0 }

  it('is passed, failed and skipped', async () => {
    const failed = { status: 'failed', assertionResults: [{ status: 'failed' }] }
    expect(await count({ ...totals, testResults: [failed] })).toBe('7 2 1')
  })

  it('counts a file that could not be loaded as one failure', async () => {
    expect(await count({ ...totals, testResults: [{ status: 'failed', assertionResults: [] }] })).toBe('7 3 1')
  })

  it('is one failure when there is no report', async () => {
    expect(await count()).toBe('0 1 0')
  })
})
