import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who has a store open. */
export interface Holder {
  pid: number
  started: string
  boot_id: string | null
  host: string
}

/**
 * Notes beside a store who has it open, for the one that comes second. It only names: what keeps the second one out is
 * the lock that the operating system holds on the file itself, which cannot outlive its process, nor be taken from it.
 */
export function noteHolder(file: string): void {
  const holder: Holder = {
    pid: process.pid,
    started: new Date(Date.now() - process.uptime() * 1000).toISOString(),
    boot_id: readBootId(),
    host: hostname(),
  }
  const temporary = `${noteOf(file)}.${process.pid}`
  writeFileSync(temporary, JSON.stringify(holder), { mode: 0o600 })
  renameSync(temporary, noteOf(file))
}

export function forgetHolder(file: string): void {
  rmSync(noteOf(file), { force: true })
}

/** Names the holder of a store in words. */
export function describeHolder(file: string): string {
  const holder = readHolder(file)
  if (holder === undefined) return 'another process'
  const here = holder.host === hostname() ? '' : ` on ${holder.host}`
  return `process ${holder.pid}${here}, which began at ${holder.started}`
}

function readHolder(file: string): Holder | undefined {
  try {
    const note = JSON.parse(readFileSync(noteOf(file), 'utf8')) as Partial<Holder>
    if (typeof note.pid !== 'number' || typeof note.started !== 'string' || typeof note.host !== 'string')
      return undefined
    return { pid: note.pid, started: note.started, boot_id: note.boot_id ?? null, host: note.host }
  } catch {
    // The note only makes the message better; the store is held, with or without it.
    return undefined
  }
}

function noteOf(file: string): string {
  return `${file}.holder`
}

function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Only Linux tells it.
    return null
  }
}
