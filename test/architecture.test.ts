import { describe, expect, it } from 'vitest'
import { RULES } from './repo/rules.js'
import { type Rule, readWorkspaceTree, type Tree } from './repo/tree.js'

describe('the architecture of the workspace', () => {
  const tree = readWorkspaceTree()

  it('is read from real files', () => {
    expect([...tree.keys()]).toEqual(expect.arrayContaining(['package.json', 'packages/results/src/core/outcome.ts']))
  })

  it.each(Object.entries(RULES))('%s', (_claim, rule) => {
    expect(rule(tree)).toEqual([])
  })
})

interface Example {
  readonly good: Readonly<Record<string, string>>
  readonly bad: readonly Readonly<Record<string, string>>[]
}

const json = (value: unknown) => JSON.stringify(value)
const manifest = (over: object) =>
  json({
    name: '@runspan/sdk',
    version: '0.1.0',
    description: 'd',
    license: 'Apache-2.0',
    type: 'module',
    engines: { node: '>=20.19.0' },
    files: ['dist'],
    ...over,
  })
const lock = (packages: object) => ({ 'package-lock.json': json({ packages }) })
const SDK = 'packages/sdk/src'
const CORE = 'packages/results/src/core'

/** For every rule a tree that it accepts, and trees that each break it once. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  'every package is in the table of packages': {
    good: { 'packages/sdk/src/a.ts': '' },
    bad: [{ 'packages/extras/src/a.ts': '' }],
  },
  'a package imports only what the table allows': {
    good: {
      [`${SDK}/a.ts`]:
        "import { x } from '@runspan/results/core'\nimport { trace } from '@opentelemetry/api'\nimport 'node:fs'",
      'packages/results/src/a.ts': "import * as z from 'zod'\n/**\n * import { x } from '@runspan/sdk'\n */",
      'packages/exporter/src/a.test.ts': "import { trackStep } from '@runspan/sdk'",
      'packages/node/src/a.ts': "import { x } from '@opentelemetry/sdk-trace-node'\nimport { y } from '@runspan/sdk'",
      'packages/cli/src/a.ts': "import { x } from '@runspan/node/testing'",
    },
    bad: [
      { [`${SDK}/a.ts`]: "import { x } from '@runspan/results'" },
      { [`${SDK}/a.ts`]: "import type { x } from '@runspan/exporter'" },
      { [`${SDK}/a.ts`]: "import {\n  x,\n} from '@opentelemetry/sdk-trace-base'" },
      { 'packages/exporter/src/a.ts': "export { x } from '@runspan/sdk'" },
      { 'packages/exporter/src/a.ts': "const x = await import('@runspan/sdk')" },
      { 'packages/results/src/a.ts': "import { readFile } from 'node:fs/promises'" },
      { 'packages/results/src/a.ts': "import { readFile } from 'fs/promises'" },
      { 'packages/collector/src/a.ts': "import { x } from '@runspan/exporter'" },
      { 'packages/collector/src/a.ts': "import { x } from '@opentelemetry/api'" },
      { 'packages/node/src/a.ts': "import { x } from 'lodash'" },
    ],
  },
  'what a package imports, its manifest declares': {
    good: {
      'packages/results/package.json': manifest({ dependencies: { zod: '^4.1.0' } }),
      'packages/results/src/a.ts': "import * as z from 'zod/mini'",
    },
    bad: [
      {
        'packages/results/package.json': manifest({ devDependencies: { zod: '^4.1.0' } }),
        'packages/results/src/a.ts': "import * as z from 'zod'",
      },
    ],
  },
  'results/core imports nothing from outside core': {
    good: { [`${CORE}/a.ts`]: "import { b } from './b.js'" },
    bad: [{ [`${CORE}/a.ts`]: "import { b } from '../b.js'" }, { [`${CORE}/a.ts`]: "import * as z from 'zod'" }],
  },
  'a relative import stays inside its package': {
    good: { [`${SDK}/deep/a.ts`]: "import { b } from '../b.js'" },
    bad: [
      { [`${SDK}/a.ts`]: "import { b } from '../../results/src/core/b.js'" },
      { [`${SDK}/a.ts`]: "import pkg from '../package.json' with { type: 'json' }" },
    ],
  },
  'no files import each other in a circle': {
    good: {
      [`${SDK}/a.ts`]: "import { b } from './b.js'\nimport { c } from './c.js'",
      [`${SDK}/b.ts`]: "import { c } from './c.js'",
      [`${SDK}/c.ts`]: '',
    },
    bad: [
      { [`${SDK}/a.ts`]: "import { b } from './b.js'", [`${SDK}/b.ts`]: "import type { A } from './a.js'" },
      {
        [`${SDK}/a.ts`]: "import { b } from './deep/b.js'",
        [`${SDK}/deep/b.ts`]: "import { c } from '../c.js'",
        [`${SDK}/c.ts`]: "export { a } from './a.js'",
      },
    ],
  },
  'nobody imports an index of their own package': {
    good: { [`${SDK}/a.ts`]: "import { b } from './b.js'", [`${SDK}/a.test.ts`]: "import { b } from '@runspan/sdk'" },
    bad: [
      { [`${SDK}/a.ts`]: "import { b } from './index.js'" },
      { [`${SDK}/a.test.ts`]: "import { b } from './index.js'" },
      { [`${SDK}/a.ts`]: "import { b } from '.'" },
      { [`${SDK}/deep/a.ts`]: "import { b } from '../'" },
      { [`${SDK}/a.ts`]: "import { b } from '@runspan/sdk'" },
    ],
  },
  'nothing is exported with a star': {
    good: { [`${SDK}/a.ts`]: "export { b } from './b.js'" },
    bad: [
      { [`${SDK}/a.ts`]: "export * from './b.js'" },
      { [`${SDK}/a.ts`]: "export * as b from './b.js'" },
      { [`${SDK}/a.ts`]: "export type * from './b.js'" },
    ],
  },
  'an index holds named exports and nothing else': {
    good: { [`${SDK}/index.ts`]: "// wrap\nexport { a, type B } from './a.js'\nexport type { C } from './c.js'\n" },
    bad: [{ [`${SDK}/index.ts`]: 'export const a = 1' }, { [`${SDK}/index.ts`]: "import { a } from './a.js'\na()" }],
  },
  "only a package's config.ts reads the environment": {
    good: {
      [`${SDK}/config.ts`]: 'process.env.A',
      [`${SDK}/a.test.ts`]: 'process.env.A',
      'examples/weather/src/main.ts': 'process.env.A',
      [`${SDK}/a.ts`]: '// process.env.A is read by config.ts\nprocess.environment',
    },
    bad: [
      { [`${SDK}/a.ts`]: 'process.env.A' },
      { [`${SDK}/a.ts`]: "process['env'].A" },
      { [`${SDK}/a.ts`]: "import { env } from 'node:process'" },
      { [`${SDK}/a.ts`]: 'const { env } = process' },
      { [`${SDK}/deep/config.ts`]: 'process.env.A' },
    ],
  },
  'the top level holds only what the design names': {
    good: { 'README.md': '', 'packages/sdk/package.json': '' },
    bad: [{ 'docs/a.md': '' }, { 'jest.config.js': '' }],
  },
  'no file has more than 400 lines': {
    good: { [`${SDK}/a.ts`]: 'x\n'.repeat(400), 'package-lock.json': '\n'.repeat(900) },
    bad: [
      { [`${SDK}/a.ts`]: 'x\n'.repeat(401) },
      { 'test/a.test.ts': 'x\n'.repeat(401) },
      { '.ci/run': 'x\n'.repeat(401) },
    ],
  },
  'a file is named for the noun or verb it owns': {
    good: { [`${SDK}/settle.ts`]: '', [`${SDK}/common-parent.ts`]: '' },
    bad: [
      { [`${SDK}/utils.ts`]: '' },
      { [`${SDK}/helpers.test.ts`]: '' },
      { [`${SDK}/common/a.ts`]: '' },
      { '.ci/misc.mjs': '' },
    ],
  },
  'no folder holds only an index': {
    good: { [`${SDK}/index.ts`]: '', [`${SDK}/a.ts`]: '' },
    bad: [{ [`${SDK}/deep/index.ts`]: '', [`${SDK}/a.ts`]: '' }],
  },
  'an attribute name is spelled in one file': {
    good: {
      [`${CORE}/attributes.ts`]: "'runspan.run.key'",
      [`${SDK}/a.ts`]: "// 'runspan.run.key'\nSymbol.for('runspan.live/1')",
      [`${SDK}/a.test.ts`]: "'runspan.run.key'",
    },
    bad: [{ [`${SDK}/a.ts`]: "const key = 'runspan.run.key'" }, { [`${SDK}/a.ts`]: 'attributes["error.type"]' }],
  },
  'a metric name is spelled in one file': {
    good: { [`${SDK}/metrics.ts`]: "'runspan.run.duration'" },
    bad: [
      { [`${SDK}/metrics.ts`]: "'runspan.run.duration'", [`${CORE}/metrics.ts`]: "'runspan.run.active'" },
      { [`${SDK}/a.ts`]: "'runspan.step.retries'" },
    ],
  },
  'no file names a registry, one machine or unfinished work': {
    good: { [`${SDK}/a.ts`]: "'./work/a' // autodoc", 'test/golden/a.json': '"/ho' + 'me/a"' },
    bad: [
      { 'README.md': 'https://registry.' + 'npmjs.org/' },
      { 'README.md': 'https://mirror.example/zod/-' + '/zod-4.1.0.tgz' },
      { [`${SDK}/a.ts`]: "'/wo" + "rk/main'" },
      { 'README.md': 'cd /ho' + 'me/me' },
      { [`${SDK}/a.ts`]: '// TO' + 'DO: later' },
    ],
  },
  'no test is left out': {
    good: { [`${SDK}/a.test.ts`]: "it('a', () => {})" },
    bad: [
      { [`${SDK}/a.test.ts`]: 'it.skip' + "('a', () => {})" },
      { 'test/a.test.ts': 'describe.only' + "('a', () => {})" },
    ],
  },
  'OpenTelemetry is pinned to one line': {
    good: {
      'package.json': json({ devDependencies: { '@opentelemetry/api': '1.9.1' } }),
      'packages/node/package.json': json({
        dependencies: { '@opentelemetry/core': '2.12.0', '@opentelemetry/exporter-trace-otlp-proto': '0.223.0' },
      }),
    },
    bad: [
      { 'package.json': json({ devDependencies: { '@opentelemetry/api': '1.10.0' } }) },
      { 'packages/node/package.json': json({ dependencies: { '@opentelemetry/core': '^2.12.0' } }) },
      { 'packages/node/package.json': json({ dependencies: { '@opentelemetry/semantic-conventions': '^1.0.0' } }) },
    ],
  },
  'libraries take the OpenTelemetry API as a peer': {
    good: {
      'packages/sdk/package.json': manifest({ peerDependencies: { '@opentelemetry/api': '>=1.9.0 <2' } }),
      'packages/node/package.json': manifest({
        name: '@runspan/node',
        peerDependencies: { '@opentelemetry/api': '>=1.9.0 <1.10' },
      }),
    },
    bad: [
      { 'packages/sdk/package.json': manifest({ peerDependencies: { '@opentelemetry/api': '^1.9.0' } }) },
      { 'packages/sdk/package.json': manifest({ dependencies: { '@opentelemetry/api': '1.9.1' } }) },
    ],
  },
  'manifests agree on licence, engine, names and versions': {
    good: {
      'package.json': json({ private: true, license: 'Apache-2.0', type: 'module' }),
      'packages/sdk/package.json': manifest({}),
    },
    bad: [
      { 'packages/sdk/package.json': manifest({ license: 'MIT' }) },
      { 'packages/sdk/package.json': manifest({ private: true }) },
      { 'packages/sdk/package.json': manifest({ engines: { node: '>=18' } }) },
      { 'packages/sdk/package.json': manifest({ files: undefined }) },
      { 'packages/sdk/package.json': manifest({ name: 'sdk' }) },
      { 'packages/sdk/package.json': manifest({ type: 'commonjs' }) },
      { 'packages/sdk/package.json': manifest({ description: '' }) },
      { 'package.json': json({ license: 'Apache-2.0', type: 'module' }) },
      {
        'packages/sdk/package.json': manifest({ dependencies: { '@runspan/results': '0.1.0' } }),
        'packages/results/package.json': manifest({ name: '@runspan/results', version: '0.2.0' }),
      },
    ],
  },
  'the lock file names no registry and has an integrity for everything': {
    good: lock({
      '': {},
      'node_modules/zod': { version: '4.1.0', integrity: 'sha512-x' },
      'node_modules/@runspan/sdk': { resolved: 'packages/sdk', link: true },
    }),
    bad: [
      lock({ 'node_modules/zod': { version: '4.1.0', integrity: 'x', resolved: 'https://mirror.example/zod.tgz' } }),
      lock({ 'node_modules/zod': { version: '4.1.0' } }),
      {},
    ],
  },
  'the lock file serves every platform': {
    good: lock({
      'node_modules/tool': { optionalDependencies: { 'tool-linux': '1.0.0', 'tool-darwin': '1.0.0' } },
      'node_modules/tool-linux': {},
      'node_modules/tool/node_modules/tool-darwin': {},
    }),
    bad: [lock({ 'node_modules/tool': { optionalDependencies: { 'tool-darwin': '1.0.0' } } })],
  },
  'one copy of the OpenTelemetry API is installed': {
    good: lock({ 'node_modules/@opentelemetry/api': {} }),
    bad: [lock({ 'node_modules/@opentelemetry/api': {}, 'packages/sdk/node_modules/@opentelemetry/api': {} })],
  },
}

describe('a rule of the architecture', () => {
  const treeOf = (files: Readonly<Record<string, string>>): Tree => new Map(Object.entries(files))
  const cases = Object.entries(RULES).map(([claim, rule]) => [claim, rule] as [string, Rule])

  it.each(cases)('can be kept and can be broken: %s', (claim, rule) => {
    const example = EXAMPLES[claim]!
    expect(rule(treeOf(example.good))).toEqual([])
    for (const bad of example.bad) expect(rule(treeOf(bad)), json(bad)).not.toEqual([])
  })

  it('has an example', () => {
    expect(Object.keys(EXAMPLES)).toEqual(Object.keys(RULES))
  })
})
