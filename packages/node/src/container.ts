import { readFileSync } from 'node:fs'
import type { ResourceDetector } from '@opentelemetry/resources'

/** In a path of cgroups: the ids of Docker, containerd, CRI-O and Podman, and those of tasks of ECS on Fargate. */
const IN_CGROUP = /[/:-]([0-9a-f]{64}|[0-9a-f]{32}-\d{6,})(?:\.scope)?$/m

/** With cgroups of version 2 only the file that is mounted as the container's host name tells. */
const IN_MOUNTS = /^.*\/(?:overlay-)?containers\/([0-9a-f]{64})\/.*\bhostname\b.*$/m

/** The id of the container that a process runs in, out of what the kernel says of it; undefined outside any. */
export function findContainerId(cgroup: string, mounts: string): string | undefined {
  return IN_CGROUP.exec(cgroup)?.[1] ?? IN_MOUNTS.exec(mounts)?.[1]
}

/** The container, as OpenTelemetry's own detector of it finds it. Nothing has to be waited for. */
export const containerDetector: ResourceDetector = {
  detect() {
    const id = findContainerId(read('/proc/self/cgroup'), read('/proc/self/mountinfo'))
    return id === undefined ? {} : { attributes: { 'container.id': id } }
  },
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Only Linux has these files; elsewhere a container cannot be told.
    return ''
  }
}
