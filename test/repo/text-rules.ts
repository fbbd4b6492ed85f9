import { ATTR } from '../../packages/results/src/core/attributes.js'
import { isCode, packageSources, type Rule, type Tree, withoutComments } from './tree.js'

/** No file has an exemption. */
export const MAX_LINES = 400

/** What may stand at the top of the repository; everything else has a folder of its own. */
export const TOP_LEVEL = new Set([
  '.ci',
  '.github',
  '.gitignore',
  'biome.json',
  'CHANGELOG.md',
  'examples',
  'LICENSE',
  'otel-collector.yaml',
  'package-lock.json',
  'package.json',
  'packages',
  'README.md',
  'test',
  'tsconfig.json',
])

const isGolden = (path: string) => path.startsWith('test/golden/')

/** Text written by us: goldens are given, the lock file is npm's and the licence is Apache's. */
const ownText = (tree: Tree) =>
  [...tree].filter(([path]) => !isGolden(path) && path !== 'package-lock.json' && path !== 'LICENSE')

export const topLevelIsShort: Rule = (tree) => {
  const entries = new Set([...tree.keys()].map((path) => path.split('/')[0]!))
  return [...entries].filter((entry) => !TOP_LEVEL.has(entry)).map((entry) => `${entry} does not belong at the top`)
}

export const filesAreShort: Rule = (tree) =>
  [...tree]
    .filter(([path]) => isCode(path) && !isGolden(path))
    .map(([path, text]) => [path, text.replace(/\n$/, '').split('\n').length] as const)
    .filter(([, lines]) => lines > MAX_LINES)
    .map(([path, lines]) => `${path} has ${lines} lines, more than ${MAX_LINES}`)

export const filesAreNamedForWhatTheyOwn: Rule = (tree) =>
  [...tree.keys()]
    .filter((path) => path.split('/').some((part) => /^(utils?|helpers?|common|misc)(\.[\w.]+)?$/i.test(part)))
    .map((path) => `${path}: name it for the noun or verb it owns`)

export const noFolderForAnIndexAlone: Rule = (tree) => {
  const folders = new Map<string, string[]>()
  for (const path of tree.keys()) {
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth += 1) {
      const folder = parts.slice(0, depth).join('/')
      folders.set(folder, [...(folders.get(folder) ?? []), parts.slice(depth).join('/')])
    }
  }
  return [...folders]
    .filter(([, files]) => files.length === 1 && /^index\.[cm]?[jt]sx?$/.test(files[0]!))
    .map(([folder]) => `${folder} holds only an index`)
}

const ATTRIBUTE_OWNER = 'packages/results/src/core/attributes.ts'
const ATTRIBUTE_NAMES = new Set<string>(Object.values(ATTR))

export const attributeNamesHaveOneOwner: Rule = (tree) =>
  packageSources(tree)
    .filter(({ path }) => path !== ATTRIBUTE_OWNER)
    .flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(/(['"`])([a-z_.]+)\1/g)]
        .map((match) => match[2]!)
        .filter((name) => ATTRIBUTE_NAMES.has(name))
        .map((name) => `${path} spells '${name}': use ATTR of ${ATTRIBUTE_OWNER}`),
    )

/** Metric names have one owner too, in whichever of these two files exists. */
const METRIC_OWNERS = ['packages/results/src/core/metrics.ts', 'packages/sdk/src/metrics.ts']
const METRIC_NAME = /(['"`])(runspan\.(run|step)\.(duration|active|retries|success_ratio))\1/g

export const metricNamesHaveOneOwner: Rule = (tree) => {
  const spelled = packageSources(tree).flatMap(({ path, text }) =>
    [...withoutComments(text).matchAll(METRIC_NAME)].map((match) => ({ path, name: match[2]! })),
  )
  const owner = METRIC_OWNERS.find((path) => spelled.some((use) => use.path === path))
  return spelled
    .filter(({ path }) => path !== owner)
    .map(({ path, name }) => `${path} spells the metric '${name}': it belongs to ${METRIC_OWNERS.join(' or ')}`)
}

const FORBIDDEN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\bregistry\.(npmjs|yarnpkg|npmmirror)\b|\/-\/[\w.-]+\.tgz/, 'a package registry'],
  [/(^|[\s'"`(=:>])\/(work|root|home|Users)\/\w/m, 'a path of one machine'],
  [/\b(TO[D]O|FIX[M]E|XX[X])\b/, 'unfinished work'],
]

export const noLeftovers: Rule = (tree) =>
  ownText(tree).flatMap(([path, text]) =>
    FORBIDDEN_TEXT.flatMap(([pattern, what]) => {
      const found = pattern.exec(text)
      if (found === null) return []
      const line = text.slice(0, found.index).split('\n').length
      return [`${path}:${line} names ${what}: ${found[0].trim()}`]
    }),
  )

export const noTestIsLeftOut: Rule = (tree) =>
  ownText(tree)
    .filter(([path]) => /\.(test|testsuite)\.tsx?$/.test(path))
    .filter(([, text]) => /\b(it|test|describe)\.(skip|only|todo|fails)\b\s*\(/.test(text))
    .map(([path]) => `${path} leaves a test out`)
