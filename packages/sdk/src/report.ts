import { diag } from '@opentelemetry/api'

const said = new Map<string, number>()

/** Counts a fault of ours, or one we forgive, and says it once through `diag`. Never throws. */
export function report(what: string, cause?: unknown): void {
  const count = said.get(what) ?? 0
  said.set(what, count + 1)
  if (count > 0) return
  try {
    diag.warn(`runspan: ${what}`, ...(cause === undefined ? [] : [cause]))
  } catch {
    // A logger that throws leaves nobody to tell.
  }
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
