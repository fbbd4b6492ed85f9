import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { workspaceRoot } from './repo/tree.js'

const { changesOf, inPublishOrder, withVersion } = await import(
  pathToFileURL(join(workspaceRoot, '.ci/release/plan.mjs')).href
)

describe('a release', () => {
  const ours = new Set(['runspan', '@runspan/sdk'])

  it('gives all our packages one version, and those of others none', () => {
    const manifest = {
      name: 'runspan',
      version: '0.1.0',
      dependencies: { '@runspan/sdk': '0.1.0', zod: '^4.1.0' },
      peerDependencies: { '@opentelemetry/api': '>=1.9.0 <2' },
    }
    expect(withVersion(manifest, '0.2.0', ours)).toEqual({
      ...manifest,
      version: '0.2.0',
      dependencies: { '@runspan/sdk': '0.2.0', zod: '^4.1.0' },
    })
    expect(withVersion({ name: 'zod', version: '4.1.0' }, '0.2.0', ours)).toEqual({ name: 'zod', version: '4.1.0' })
  })

  it('publishes a package after those it depends on', () => {
    const names = (manifests: { name: string }[]) => manifests.map(({ name }) => name)
    const cli = { name: 'runspan', dependencies: { '@runspan/sdk': '1', commander: '14' } }
    const sdk = { name: '@runspan/sdk', peerDependencies: { '@runspan/results': '1' } }
    const results = { name: '@runspan/results' }
    expect(names(inPublishOrder([cli, sdk, results]))).toEqual(['@runspan/results', '@runspan/sdk', 'runspan'])
    expect(() => inPublishOrder([cli, { ...sdk, dependencies: { runspan: '1' } }])).toThrow(/need each other/)
  })

  it('finds what the changelog says of a version', () => {
    const changelog = '# Changelog\n\n## 0.2.0 (2027-01-01)\n\nMore.\n\n## 0.1.0\n\nFirst.\n\n## 0.0.1\n'
    expect(changesOf(changelog, '0.2.0')).toBe('More.')
    expect(changesOf(changelog, '0.1.0')).toBe('First.')
    expect(changesOf(changelog, '0.0.1')).toBeUndefined()
    expect(changesOf(changelog, '0.3.0')).toBeUndefined()
  })
})
