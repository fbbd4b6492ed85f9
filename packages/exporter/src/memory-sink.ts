import type { DetailedDocument } from '@runspan/results/core'
import type { Sink } from './sink.js'

/** A sink that keeps the latest revision of each document in memory. */
export interface MemorySink extends Sink {
  /** The documents of runs, in the order in which the runs were first heard of. */
  documents(): readonly DetailedDocument[]
  /** The documents of steps outside any run. */
  looseSteps(): readonly DetailedDocument[]
  clear(): void
}

/** Keeps documents in memory, for tests. */
export function memorySink(): MemorySink {
  const runs = new Map<string, DetailedDocument>()
  const steps = new Map<string, DetailedDocument>()
  return {
    name: 'memory',
    write: ({ key, document, loose }) => void (loose ? steps : runs).set(key, document),
    documents: () => [...runs.values()],
    looseSteps: () => [...steps.values()],
    clear() {
      runs.clear()
      steps.clear()
    },
  }
}
