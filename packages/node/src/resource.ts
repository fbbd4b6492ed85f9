import { readFileSync } from 'node:fs'
import { arch, hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import {
  defaultResource,
  detectResources,
  envDetector,
  processDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'

/** What describes the process that the spans come from. Nothing in it has to be waited for. */
export function createResource(serviceName: string | undefined, serviceVersion: string | undefined): Resource {
  const found = findPackage(dirname(resolve(process.argv[1] ?? '.')))
  const named: Record<string, string> = { 'host.name': hostname(), 'host.arch': arch() }
  const name = serviceName ?? found?.name
  const version = serviceVersion ?? found?.version
  if (name !== undefined) named['service.name'] = name
  if (version !== undefined) named['service.version'] = version
  const detected = detectResources({ detectors: [processDetector, envDetector] })
  const base = defaultResource().merge(resourceFromAttributes(named))
  const merged = base.merge(detected)
  const given: Record<string, string> = {}
  if (serviceName !== undefined) given['service.name'] = serviceName
  if (serviceVersion !== undefined) given['service.version'] = serviceVersion
  return merged.merge(resourceFromAttributes(given))
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
