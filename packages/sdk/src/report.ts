import { diag } from '@opentelemetry/api'

/** More kinds of faults than this are counted together: their texts may hold names that users make up. */
const MAX_KINDS = 500

const counts = new Map<string, number>()

/** Counts a fault of ours, or one we forgive, and says it once through `diag`. Never throws. */
export function report(what: string, cause?: unknown): void {
  const kind = counts.has(what) || counts.size < MAX_KINDS ? what : 'more faults than can be told apart'
  const count = counts.get(kind) ?? 0
  counts.set(kind, count + 1)
  if (count > 0) return
  try {
    diag.warn(`runspan: ${kind}`, ...(cause === undefined ? [] : [cause]))
  } catch {
    // A logger that throws leaves nobody to tell.
  }
}

/** How often each fault was met in this process; each was said once through `diag`. */
export function faultCounts(): Readonly<Record<string, number>> {
  return Object.fromEntries(counts)
}

/** Runs code of ours that must not reach the user; undefined when it failed. */
export function guard<T>(what: string, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    report(what, error)
    return undefined
  }
}
