import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'

/** Another machine or PID namespace cannot be asked whether its process lives: silence for this long says it does not. */
export const SILENCE_MS = 5 * 60_000

interface Owner {
  readonly host: string
  readonly boot: string
  readonly namespace: string
  readonly pid: string
  readonly thread: string
  readonly start: string
}

const NONE = '0'
let own: string | undefined

/**
 * The name that files of this thread carry: host, boot, PID namespace, process, thread and the thread's start time, so
 * that anybody can tell from a name alone whether its writer still lives.
 */
export function ownerName(): string {
  own ??= Object.values(readSelf()).join('-')
  return own
}

/** True when the thread that wrote a file under this name no longer lives; `silentMs` is how long ago it was touched. */
export function isGone(name: string, silentMs: number): boolean {
  const them = parseOwner(name)
  if (them === undefined) return silentMs > SILENCE_MS
  const us = parseOwner(ownerName()) as Owner
  if (name === ownerName()) return false
  if (them.host !== us.host || them.namespace !== us.namespace) return silentMs > SILENCE_MS
  if (them.boot !== us.boot) return true
  if (us.start === NONE) return !answers(Number(them.pid)) || silentMs > SILENCE_MS
  return startOf(`/proc/${them.pid}/task/${them.thread}/stat`) !== them.start
}

function readSelf(): Owner {
  const self = link('/proc/thread-self')?.split('/')
  return {
    host: hash(hostname() + (read('/etc/machine-id') ?? '')),
    boot: hash(read('/proc/sys/kernel/random/boot_id') ?? NONE),
    namespace: link('/proc/self/ns/pid')?.replace(/\D/g, '') ?? NONE,
    pid: String(process.pid),
    thread: self?.[2] ?? String(threadId),
    start: startOf('/proc/thread-self/stat') ?? NONE,
  }
}

function parseOwner(name: string): Owner | undefined {
  const [host, boot, namespace, pid, thread, start, more] = name.split('-')
  if (!host || !boot || !namespace || !pid || !thread || !start || more !== undefined) return undefined
  return /^\d+-\d+-\d+-\d+$/.test([namespace, pid, thread, start].join('-'))
    ? { host, boot, namespace, pid, thread, start }
    : undefined
}

/** The 22nd field of a `stat` file; the second one, a name in brackets, may hold anything. */
function startOf(path: string): string | undefined {
  const text = read(path)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    // Not every system has a /proc; a process that is gone has no entry in it.
    return undefined
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    // Not every system has a /proc.
    return undefined
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
