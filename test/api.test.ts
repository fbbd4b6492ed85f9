import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reportEntry } from './api/report.js'
import { manifestsOf, readWorkspaceTree, workspaceRoot } from './repo/tree.js'

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

/** The declaration files behind the names that users import. */
function entriesOf(exports: Record<string, unknown> = {}): [string, string][] {
  return Object.entries(exports).flatMap(([subpath, target]) => {
    const types = (target as { types?: unknown } | null)?.types
    return typeof types === 'string' ? [[subpath.slice(1), types] as [string, string]] : []
  })
}

const packages = manifestsOf(readWorkspaceTree())
  .filter(({ path, json }) => path.startsWith('packages/') && entriesOf(json.exports).length > 0)
  .map(({ path, json }) => ({ name: json.name!, folder: path.split('/')[1]!, entries: entriesOf(json.exports) }))

describe('the exported names and types', () => {
  // A change here is a change for users: make it on purpose, with `npm test -- -u`, and say it in the changelog.
  it.each(packages)('of $name are these', async ({ name, folder, entries }) => {
    const reports = entries.map(([subpath, types]) => {
      const path = join(workspaceRoot, 'packages', folder, types)
      return `// ${name}${subpath}\n${reportEntry(path, read)}\n`
    })
    await expect(reports.join('\n')).toMatchFileSnapshot(`./api/${folder}.d.txt`)
  })
})

describe('a report of exports', () => {
  const files: Record<string, string> = {
    'dist/index.d.ts': [
      "export { b, type C, a as first } from './deep/a.js';",
      "export type { Given } from 'elsewhere';",
      '/** Said. */',
      'export declare const own: 1;',
    ].join('\n'),
    'dist/deep/a.d.ts': [
      "import type { X } from './x.js';",
      '/** Said. */',
      'export declare function a(value: string): X;',
      'export declare function a(value: number): X;',
      'declare const b: {',
      '    readonly deep: true;',
      '};',
      'export interface C {',
      '    /** Said. */',
      '    readonly d?: string;',
      '}',
      'export declare const hidden: 1;',
      'export { b };',
      '//# sourceMappingURL=a.d.ts.map',
    ].join('\n'),
  }
  const readFake = (path: string) => files[path]

  it('names what is exported, with every overload and no comment, and nothing else', () => {
    expect(reportEntry('dist/index.d.ts', readFake).split('\n')).toEqual([
      'export interface C {',
      '    readonly d?: string;',
      '}',
      "export type { Given } from 'elsewhere';",
      'declare const b: {',
      '    readonly deep: true;',
      '};',
      'export declare function a(value: string): X;',
      'export declare function a(value: number): X;',
      'export declare const own: 1;',
    ])
  })

  it('says what is missing', () => {
    expect(() => reportEntry('dist/none.d.ts', readFake)).toThrow(/no dist\/none\.d\.ts: is the package built/)
    files['dist/bad.d.ts'] = "export { absent } from './deep/a.js';"
    expect(() => reportEntry('dist/bad.d.ts', readFake)).toThrow(/a\.d\.ts does not declare absent/)
  })
})
