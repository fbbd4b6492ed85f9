import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { importsOf, isScript, isTest, manifestsOf, packageSources, type Rule, withoutComments } from './tree.js'

interface Allowed {
  /** Modules of ours, written as they are imported; `@runspan/results/*` stands for the package and what is below. */
  readonly ours: readonly string[]
  /** Modules of others; `'declared'` allows whatever the package's own manifest declares, but see `never`. */
  readonly others: readonly string[] | 'declared'
  readonly never?: RegExp
  readonly node: boolean
}

/** The packages and what each may import: the table of the design, one way only. */
export const PACKAGES: Readonly<Record<string, Allowed>> = {
  results: { ours: [], others: ['zod'], node: false },
  sdk: { ours: ['@runspan/results/core'], others: ['@opentelemetry/api'], node: true },
  exporter: { ours: ['@runspan/results/core'], others: ['@opentelemetry/api'], node: true },
  node: {
    ours: ['@runspan/results/*', '@runspan/sdk/*', '@runspan/exporter/*'],
    others: 'declared',
    never: /^(?!@opentelemetry\/)/,
    node: true,
  },
  collector: { ours: ['@runspan/results/*'], others: 'declared', never: /^@opentelemetry\//, node: true },
  runner: { ours: ['@runspan/results/*', '@runspan/sdk/*'], others: 'declared', node: true },
  absurd: {
    ours: ['@runspan/results/*', '@runspan/sdk/*', '@runspan/runner/*'],
    others: 'declared',
    node: true,
  },
  cli: { ours: ['@runspan/*'], others: 'declared', node: true },
}

const isBuiltin = (name: string) => name.startsWith('node:') || builtinModules.includes(name)
const isRelative = (name: string) => name.startsWith('.')
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

function covers(pattern: string, name: string): boolean {
  if (!pattern.endsWith('/*')) return pattern === name
  const stem = pattern.slice(0, -2)
  return name === stem || name.startsWith(`${stem}/`)
}

export const packagesAreKnown: Rule = (tree) => {
  const found = new Set([...tree.keys()].flatMap((path) => /^packages\/([^/]+)\//.exec(path)?.[1] ?? []))
  return [...found].filter((name) => !(name in PACKAGES)).map((name) => `packages/${name} is not in the table`)
}

export const importsFollowTheTable: Rule = (tree) =>
  packageSources(tree).flatMap(({ path, text, owner }) => {
    const allowed = PACKAGES[owner]
    if (allowed === undefined) return []
    return importsOf(text)
      .filter((name) => !isRelative(name) && !mayImport(allowed, name))
      .map((name) => `${path} imports '${name}', which ${owner} may not`)
  })

function mayImport(allowed: Allowed, name: string): boolean {
  if (isBuiltin(name)) return allowed.node
  if (/^(@runspan\/|runspan$)/.test(name)) return allowed.ours.some((pattern) => covers(pattern, name))
  if (allowed.others === 'declared') return !allowed.never?.test(name)
  return allowed.others.includes(packageOf(name))
}

/** What is imported is declared: an import that only the workspace's own folder resolves fails for a user. */
export const importsAreDeclared: Rule = (tree) => {
  const manifests = new Map(manifestsOf(tree).map(({ path, json }) => [path, json]))
  return packageSources(tree).flatMap(({ path, text, owner }) => {
    const { dependencies, peerDependencies, optionalDependencies } =
      manifests.get(`packages/${owner}/package.json`) ?? {}
    const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies }
    return importsOf(text)
      .filter((name) => !isRelative(name) && !isBuiltin(name) && !(packageOf(name) in declared))
      .map((name) => `${path} imports '${name}', which packages/${owner}/package.json does not declare`)
  })
}

export const coreImportsNothing: Rule = (tree) =>
  packageSources(tree)
    .filter(({ path }) => path.startsWith('packages/results/src/core/'))
    .flatMap(({ path, text }) =>
      importsOf(text)
        .filter((name) => !isRelative(name) || !resolved(path, name).startsWith('packages/results/src/core/'))
        .map((name) => `${path} imports '${name}' from outside core`),
    )

const resolved = (from: string, name: string) => posix.normalize(posix.join(posix.dirname(from), name))

/** A relative import that leaves the package would be missing from its tarball. */
export const relativeImportsStayInside: Rule = (tree) =>
  packageSources(tree).flatMap(({ path, text, owner }) =>
    importsOf(text)
      .filter((name) => isRelative(name) && !resolved(path, name).startsWith(`packages/${owner}/src/`))
      .map((name) => `${path} imports '${name}', outside its package`),
  )

/** Two files that need each other are one file, or a third is missing; an import of types alone counts too. */
export const noImportCircles: Rule = (tree) => {
  const needs = new Map(
    packageSources(tree).map(({ path, text }) => [
      path,
      importsOf(text)
        .filter(isRelative)
        .map((name) => resolved(path, name).replace(/\.js$/, '.ts')),
    ]),
  )
  const done = new Set<string>()
  const visit = (path: string, way: readonly string[]): string[] => {
    const at = way.indexOf(path)
    if (at >= 0) return [`a circle of imports: ${[...way.slice(at), path].join(' -> ')}`]
    if (done.has(path)) return []
    const found = (needs.get(path) ?? []).flatMap((next) => visit(next, [...way, path]))
    done.add(path)
    return found
  }
  return [...needs.keys()].flatMap((path) => visit(path, []))
}

/** Inside a package a file imports the file it needs. A test may use its own package by name, as a user would. */
export const nobodyImportsTheirOwnIndex: Rule = (tree) =>
  [...tree].flatMap(([path, text]) => {
    const owner = /^packages\/(\w+)\/src\//.exec(path)?.[1]
    if (owner === undefined || !isScript(path)) return []
    return importsOf(text)
      .filter((name) =>
        isRelative(name) ? namesAnIndex(name) : !isTest(path) && packageOf(name) === `@runspan/${owner}`,
      )
      .map((name) => `${path} imports '${name}', an index of its own package`)
  })

const namesAnIndex = (name: string) => /^(\.{1,2}\/)*\.{0,2}$/.test(name) || /(^|\/)index(\.[cm]?[jt]sx?)?$/.test(name)

export const noStarExports: Rule = (tree) =>
  packageSources(tree)
    .filter(({ text }) => /^\s*export\s+(type\s+)?\*/m.test(withoutComments(text)))
    .map(({ path }) => `${path} exports with a star: name what is public`)

export const indexesOnlyExport: Rule = (tree) =>
  packageSources(tree)
    .filter(({ path }) => /\/index\.ts$/.test(path))
    .filter(({ text }) => !/^(\s*export\s+(type\s+)?\{[^}]*\}\s*from\s*'[^']+'\s*)*$/.test(withoutComments(text)))
    .map(({ path }) => `${path} holds more than named exports from other files`)

const MAY_READ_ENVIRONMENT = [
  /^packages\/\w+\/src\/config\.ts$/,
  /^examples\//,
  /^\.ci\//,
  /^packages\/\w+\/vite\.config\.ts$/,
]

export const onlyConfigReadsTheEnvironment: Rule = (tree) =>
  [...tree]
    .filter(([path]) => isScript(path) && !isTest(path) && !MAY_READ_ENVIRONMENT.some((pattern) => pattern.test(path)))
    .filter(([, text]) => readsEnvironment(withoutComments(text)))
    .map(([path]) => `${path} reads the environment: only a package's config.ts does`)

const readsEnvironment = (code: string) =>
  /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\[['"]env['"]\]|\benv\b[^'"]*\}\s*(=\s*process\b|from\s*['"](node:)?process['"])/.test(
    code,
  )
