import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { workspaceRoot } from './repo/tree.js'

// Plain scripts without declarations: their names are checked by what these tests expect of them.
const script = (name: string) => import(pathToFileURL(join(workspaceRoot, '.ci', name)).href)

const { contentFaults, entryNames, missingEntries } = await script('packaging/contents.mjs')
const { withoutIdsAndTimes, runsLine3 } = await script('packaging/lines.mjs')
const { isOfLine, newestFirst } = await script('packaging/nodes.mjs')
const { hasSqlite } = await script('packaging/on-node.mjs')
const { packAll } = await script('packaging/pack.mjs')
const { isAllowed, licenceFaults, runtimePackages } = await script('licences/runtime.mjs')

describe('the content of a tarball', () => {
  const tarball = (paths: string[], over: object = {}) => ({
    name: '@runspan/sdk',
    size: 9000,
    unpackedSize: 30_000,
    files: ['package.json', 'README.md', 'LICENSE', 'dist/index.js', ...paths].map((path) => ({ path })),
    ...over,
  })

  it('is what a user needs: code, declarations, maps, licence and README', () => {
    expect(
      contentFaults(tarball(['dist/index.d.ts', 'dist/deep/a.js.map', 'bin/runspan.js', 'schemas/a.json'])),
    ).toEqual([])
  })

  it.each(['dist/a.test.js', 'dist/.tsbuildinfo', 'src/index.ts', 'dist/index.d.ts.map', 'tsconfig.json', '.npmrc'])(
    'is never %s',
    (path) => {
      expect(contentFaults(tarball([path]))).toEqual([`@runspan/sdk holds ${path}`])
    },
  )

  it('has a bound, packed and unpacked', () => {
    expect(contentFaults(tarball([], { size: 9e6, unpackedSize: 9e7 }))).toHaveLength(2)
  })

  it('is missed when it lacks the licence or what was built', () => {
    const files = [{ path: 'package.json' }, { path: 'README.md' }]
    expect(contentFaults(tarball([], { files }))).toEqual([
      '@runspan/sdk lacks LICENSE',
      '@runspan/sdk holds nothing that was built',
    ])
  })
})

describe('the entries of a manifest', () => {
  const manifest = {
    name: '@runspan/x',
    bin: { x: 'bin/x.js' },
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './core': { types: './dist/core/index.d.ts', default: './dist/core/index.js' },
      './package.json': './package.json',
    },
  }

  it('are all in the tarball', () => {
    const held = ['dist/index.d.ts', 'dist/index.js', 'dist/core/index.d.ts', 'package.json', 'schemas/a.json']
    const files = held.map((path) => ({ path }))
    expect(missingEntries(manifest, files)).toEqual(['dist/core/index.js', 'bin/x.js'])
    expect(missingEntries({ exports: { './schemas/*': './schemas/*' } }, files)).toEqual([])
    expect(missingEntries({ exports: { './schemas/*': './schemas/*' } }, [])).toEqual(['schemas/*'])
  })

  it('are every name a user can import', () => {
    expect(entryNames(manifest)).toEqual(['@runspan/x', '@runspan/x/core'])
  })
})

describe('a package laid out for publishing', () => {
  let root: string
  const write = (path: string, content: unknown) => {
    const at = join(root, 'packages/one', path)
    mkdirSync(dirname(at), { recursive: true })
    writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content))
  }

  beforeEach(() => {
    root = mkdtempSync(join(realpathSync(tmpdir()), 'runspan-pack-'))
    cpSync(join(workspaceRoot, 'LICENSE'), join(root, 'LICENSE'))
    write('package.json', { name: '@runspan/one', version: '1.0.0', description: 'One.', files: ['dist'] })
    write('src/index.ts', 'export const one = 1\n')
    write('dist/index.js', 'export const one = 1\n//# sourceMappingURL=index.js.map\n')
    write('dist/index.d.ts', 'export declare const one = 1;\n//# sourceMappingURL=index.d.ts.map')
    write('dist/index.d.ts.map', {})
    write('dist/index.js.map', { version: 3, sources: ['../src/index.ts'], mappings: '' })
    write('dist/.tsbuildinfo', '')
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('holds the licence, a README and maps that carry their sources', () => {
    const [pack] = packAll(root, join(root, 'scratch'))
    expect(contentFaults(pack.packed)).toEqual([])
    expect(existsSync(pack.tarball)).toBe(true)
    expect(pack.packed.files.map((file: { path: string }) => file.path).sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/index.js.map',
      'package.json',
    ])
    const map = JSON.parse(readFileSync(join(pack.staged, 'dist/index.js.map'), 'utf8'))
    expect(map.sourcesContent).toEqual(['export const one = 1\n'])
    expect(readFileSync(join(pack.staged, 'dist/index.d.ts'), 'utf8')).not.toContain('sourceMappingURL')
  })

  it('leaves the modules behind where a bundle is published beside the declarations', () => {
    const files = ['dist/**/*.d.ts', 'lib']
    write('package.json', { name: '@runspan/one', version: '1.0.0', description: 'One.', files })
    write('lib/index.js', 'export const one = 1\n')
    const [pack] = packAll(root, join(root, 'scratch'))
    expect(contentFaults(pack.packed)).toEqual([])
    const built = pack.packed.files
      .map((file: { path: string }) => file.path)
      .filter((path: string) => path.includes('/'))
    expect(built.sort()).toEqual(['dist/index.d.ts', 'lib/index.js'])
  })

  it('is refused while it holds the output of a source that is gone', () => {
    write('dist/gone.js', '')
    expect(() => packAll(root, join(root, 'scratch'))).toThrow(/dist\/gone\.js has no source any more/)
  })

  it('is refused before it is built', () => {
    rmSync(join(root, 'packages/one/dist'), { recursive: true })
    expect(() => packAll(root, join(root, 'scratch'))).toThrow(/@runspan\/one is not built/)
  })
})

describe('the licences of what users install', () => {
  it.each(['MIT', '(MIT OR GPL-3.0)', 'MIT AND ISC', 'Apache-2.0'])('may be %s', (licence) => {
    expect(isAllowed(licence)).toBe(true)
  })
  it.each(['GPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN LICENSE', undefined])('may not be %s', (licence) => {
    expect(isAllowed(licence)).toBe(false)
    expect(licenceFaults([['node_modules/a', licence]])).toHaveLength(1)
  })

  it('are those of dependencies, peers and their dependencies, where Node finds them, and of nothing else', () => {
    const packages = {
      '': { devDependencies: { tool: '1' } },
      'node_modules/tool': {},
      'node_modules/@runspan/one': { link: true },
      'packages/one': { dependencies: { a: '1' }, peerDependencies: { peer: '1' }, devDependencies: { tool: '1' } },
      'packages/two': { dependencies: { '@runspan/one': '1' }, optionalDependencies: { absent: '1' } },
      'node_modules/a': { dependencies: { b: '2' } },
      'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
      'node_modules/b': {},
      'node_modules/c': {},
      'node_modules/peer': {},
    }
    expect(runtimePackages(packages)).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
      'node_modules/peer',
    ])
  })
})

describe('a version of Node', () => {
  it('belongs to the line it begins with, and the newest is the greatest by number', () => {
    expect(['22.9.0', '22.23.3', '22.10.1'].filter((version) => isOfLine(version, '22'))).toHaveLength(3)
    expect(isOfLine('22.9.0', '2')).toBe(false)
    expect(isOfLine('20.19.0', '20.19.0')).toBe(true)
    expect(newestFirst(['22.9.0', '22.23.3', '22.10.1'])).toEqual(['22.23.3', '22.10.1', '22.9.0'])
  })

  it('has SQLite without a flag from 22.13 on, and runs the 3.x line from 22.15 on', () => {
    expect(['20.19.0', '22.12.9', '22.13.0', '24.0.0'].map(hasSqlite)).toEqual([false, false, true, true])
    expect(['20.19.0', '22.14.0', '22.15.0', '24.0.0'].map(runsLine3)).toEqual([false, false, true, true])
  })
})

describe('documents of two lines of OpenTelemetry', () => {
  const trace = 'a'.repeat(32)
  const document = {
    statuses: [{ run_id: '0001', status: 'failed', stacktrace: 'Error: x\n    at /a' }],
    run: {
      key: `${trace}-${'b'.repeat(16)}`,
      id: '01a1febe-5ac3-7030-b700-8ff3c71a1230',
      ended_at: '2026-11-21',
      duration_ms: 3,
    },
  }

  it('are compared without ids, times and frames, and by all the rest', () => {
    expect(withoutIdsAndTimes(document)).toEqual({
      statuses: [{ run_id: '0001', status: 'failed', stacktrace: 'Error: x' }],
      run: { key: 'an id-an id', id: 'an id', ended_at: 'a time', duration_ms: 0 },
    })
    expect(withoutIdsAndTimes({ ended_at: null, duration_ms: null })).toEqual({ ended_at: null, duration_ms: null })
  })
})
