import { manifestsOf, type Rule } from './tree.js'

const LICENCE = 'Apache-2.0'
const NODE = '>=20.19.0'

/** The OpenTelemetry line the workspace is built and tested with. One version a module, written exactly. */
export const OPENTELEMETRY: readonly (readonly [RegExp, string])[] = [
  [/^@opentelemetry\/api$/, '1.9.1'],
  [
    /^@opentelemetry\/(sdk-trace(-node|-base)?|sdk-metrics|resources|core|context-async-hooks|propagator-\w+)$/,
    '2.12.0',
  ],
  [/^@opentelemetry\/(exporter-[\w-]+|otlp-[\w-]+|sdk-logs|api-logs|sdk-node|instrumentation(-\w+)?)$/, '0.223.0'],
]

const PEER_API = '>=1.9.0 <2'
/** The 2.x SDK refuses an API of 1.10 or newer. */
const PEER_API_OF_NODE = '>=1.9.0 <1.10'

export const openTelemetryIsPinned: Rule = (tree) =>
  manifestsOf(tree).flatMap(({ path, json }) => {
    const installed = Object.entries({ ...json.dependencies, ...json.devDependencies, ...json.optionalDependencies })
    return installed
      .filter(([name]) => name.startsWith('@opentelemetry/'))
      .flatMap(([name, version]) => {
        const pinned = OPENTELEMETRY.find(([pattern]) => pattern.test(name))?.[1]
        if (pinned === undefined)
          return /^\d+\.\d+\.\d+$/.test(version) ? [] : [`${path}: ${name} ${version} is no exact version`]
        return pinned === version ? [] : [`${path}: ${name} is ${version}, must be ${pinned}`]
      })
  })

/** A library that brings its own API brings its own globals; only the command, which is a program, may. */
export const theApiIsAPeer: Rule = (tree) =>
  manifestsOf(tree)
    .filter(({ path, json }) => path.startsWith('packages/') && json.name !== 'runspan')
    .flatMap(({ path, json }) => {
      const faults: string[] = []
      const peer = json.peerDependencies?.['@opentelemetry/api']
      const wanted = json.name === '@runspan/node' ? PEER_API_OF_NODE : PEER_API
      if (peer !== undefined && peer !== wanted) faults.push(`${path}: the peer API is ${peer}, must be ${wanted}`)
      if (json.dependencies?.['@opentelemetry/api']) faults.push(`${path}: the API must be a peer, no dependency`)
      return faults
    })

export const manifestsAgree: Rule = (tree) => {
  const manifests = manifestsOf(tree)
  const versions = new Map(manifests.map(({ json }) => [json.name, json.version]))
  return manifests.flatMap(({ path, json }) => {
    const faults: string[] = []
    const isPublic = path.startsWith('packages/')
    if (json.license !== LICENCE) faults.push(`licence is ${json.license}, must be ${LICENCE}`)
    if (json.type !== 'module') faults.push(`type is ${json.type}, must be module`)
    if (isPublic === (json.private === true)) faults.push('packages are public, everything else is private')
    if (isPublic && json.engines?.node !== NODE) faults.push(`engines.node is ${json.engines?.node}, must be ${NODE}`)
    if (isPublic && !json.description) faults.push('it has no description')
    if (isPublic && json.files === undefined) faults.push('without files the tarball holds everything')
    if (isPublic && !/^(@runspan\/\w+|runspan)$/.test(json.name ?? '')) faults.push(`its name is ${json.name}`)
    for (const [name, version] of Object.entries({ ...json.dependencies, ...json.devDependencies })) {
      const ours = versions.get(name)
      if (ours !== undefined && ours !== version) faults.push(`${name} is ${version}, the workspace has ${ours}`)
    }
    return faults.map((fault) => `${path}: ${fault}`)
  })
}

interface LockEntry {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly optionalDependencies?: Record<string, string>
}

/**
 * Addresses in a lock file tie it to one registry; without integrity it promises nothing. Only binaries of other
 * platforms may lack it: not every registry carries them.
 */
export const lockIsPortable: Rule = (tree) => {
  const text = tree.get('package-lock.json')
  if (text === undefined) return ['package-lock.json is missing']
  const packages = Object.entries((JSON.parse(text) as { packages: Record<string, LockEntry> }).packages)
  return packages.flatMap(([path, entry]) => {
    const faults: string[] = []
    if (/:\/\//.test(entry.resolved ?? '')) faults.push(`${path} has an address: ${entry.resolved}`)
    if (path.includes('node_modules/') && !entry.link && !entry.integrity && !isPlatformBinary(entry)) {
      faults.push(`${path} has no integrity`)
    }
    return faults
  })
}

const isPlatformBinary = (entry: LockEntry) => entry.optional === true && entry.os !== undefined

/** `npm ci` refuses a lock file that lacks an optional package, on every platform; complete-lock.mjs adds it. */
export const lockNamesEveryPlatform: Rule = (tree) => {
  const { packages } = JSON.parse(tree.get('package-lock.json') ?? '{"packages":{}}') as {
    packages: Record<string, LockEntry>
  }
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')))
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !names.has(name))
      .map((name) => `${path} may need ${name}, which the lock file lacks: run node .ci/complete-lock.mjs`),
  )
}

/** Two copies of the OpenTelemetry API are two sets of globals: spans of one are unknown to the other. */
export const oneOpenTelemetryApi: Rule = (tree) => {
  const { packages } = JSON.parse(tree.get('package-lock.json') ?? '{"packages":{}}') as {
    packages: Record<string, LockEntry>
  }
  const copies = Object.keys(packages).filter((path) => path.endsWith('node_modules/@opentelemetry/api'))
  return copies.length <= 1 ? [] : copies.map((path) => `${path} is one of several copies of the OpenTelemetry API`)
}
