import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  type ResourceDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources'
import type { DetectorName } from './config.js'
import { containerDetector } from './container.js'

const DETECTORS: Readonly<Record<DetectorName, ResourceDetector>> = {
  container: containerDetector,
  host: hostDetector,
  os: osDetector,
  process: processDetector,
  serviceinstance: serviceInstanceIdDetector,
  env: envDetector,
}

/** What is known of the service beside what is detected. */
export interface ServiceNames {
  readonly serviceName: string | undefined
  readonly serviceVersion: string | undefined
}

/**
 * What describes the process that the spans come from. The nearest package.json gives way to what is detected, that to
 * `OTEL_RESOURCE_ATTRIBUTES`, and all of it to what the program says.
 */
export function createResource(
  { serviceName, serviceVersion }: ServiceNames,
  detectors: readonly DetectorName[],
): Resource {
  const found = findPackage(process.argv[1] === undefined ? process.cwd() : dirname(resolve(process.argv[1])))
  const order = Object.keys(DETECTORS) as DetectorName[]
  const detected = detectResources({
    detectors: order.filter((name) => detectors.includes(name)).map((name) => DETECTORS[name]),
  })
  return defaultResource()
    .merge(named(serviceName ?? found?.name, serviceVersion ?? found?.version))
    .merge(detected)
    .merge(named(serviceName, serviceVersion))
}

function named(name: string | undefined, version: string | undefined): Resource {
  return resourceFromAttributes({
    ...(name === undefined ? {} : { 'service.name': name }),
    ...(version === undefined ? {} : { 'service.version': version }),
  })
}

/** The nearest package.json above a folder, as far as it says a name and version. */
function findPackage(start: string): { name?: string; version?: string } | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        unknown
      >
      return {
        ...(typeof name === 'string' ? { name } : {}),
        ...(typeof version === 'string' ? { version } : {}),
      }
    } catch {
      // None here, or none that can be read: the folder above may have one.
      if (folder === dirname(folder)) return undefined
    }
  }
}
