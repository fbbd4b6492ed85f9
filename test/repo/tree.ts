import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The files of a repository: path from its top, with slashes, to content. The rules read nothing else. */
export type Tree = ReadonlyMap<string, string>

/** A rule gives one sentence per fault; none means that it holds. */
export type Rule = (tree: Tree) => string[]

export const workspaceRoot = fileURLToPath(new URL('../..', import.meta.url))

const BINARY = /\.(png|jpg|gif|ico|woff2?|gz|pb|wasm)$/

/** What git tracks or would track: generated and ignored files are nobody's style. */
export function readWorkspaceTree(root = workspaceRoot): Tree {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const paths = [...new Set(listed.toString().split('\0'))].filter(
    (path) => path !== '' && !BINARY.test(path) && statSync(join(root, path), { throwIfNoEntry: false })?.isFile(),
  )
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

export const isCode = (path: string) => /\.([cm]?[jt]sx?|css|html|sh)$/.test(path) || /^\.ci\/[\w-]+$/.test(path)
export const isScript = (path: string) => /\.[cm]?[jt]sx?$/.test(path)
export const isTest = (path: string) =>
  /\.(test|testsuite|bench)\.[cm]?[jt]sx?$/.test(path) ||
  path.startsWith('test/') ||
  /^packages\/\w+\/bench\//.test(path)

/** Files of a package that its users run: `packages/<name>/src/…` without tests. */
export function packageSources(tree: Tree): { path: string; text: string; owner: string }[] {
  return [...tree].flatMap(([path, text]) => {
    const owner = /^packages\/(\w+)\/src\//.exec(path)?.[1]
    return owner !== undefined && isScript(path) && !isTest(path) ? [{ path, text, owner }] : []
  })
}

/** Comments that begin a line are taken out, so that an example in one is no import. */
export function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '')
}

/** Every module a file names in an import, an export, a dynamic import or a require. */
export function importsOf(text: string): string[] {
  const code = withoutComments(text)
  const named = code.matchAll(/^\s*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)
  const called = code.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g)
  return [...named, ...called].map((match) => match[1]!)
}

export interface Manifest {
  readonly path: string
  readonly json: {
    readonly name?: string
    readonly version?: string
    readonly private?: boolean
    readonly license?: string
    readonly type?: string
    readonly description?: string
    readonly engines?: Record<string, string>
    readonly files?: string[]
    readonly exports?: Record<string, unknown>
    readonly bin?: Record<string, string>
    readonly dependencies?: Record<string, string>
    readonly devDependencies?: Record<string, string>
    readonly peerDependencies?: Record<string, string>
    readonly optionalDependencies?: Record<string, string>
  }
}

export function manifestsOf(tree: Tree): Manifest[] {
  return [...tree]
    .filter(([path]) => path === 'package.json' || /^(packages|examples)\/[\w-]+\/package\.json$/.test(path))
    .map(([path, text]) => ({ path, json: JSON.parse(text) }))
}
