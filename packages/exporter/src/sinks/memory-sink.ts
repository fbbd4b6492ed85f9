import type { DetailedDocument } from '@runspan/results/core'
import { ExporterError } from '../exporter-error.js'
import type { Delivery, Sink } from '../sink.js'

/** Which document is waited for. */
export type DocumentTest = (document: DetailedDocument) => boolean

/** A sink that keeps the latest revision of each document in memory. */
export interface MemorySink extends Sink {
  /** The documents of runs, in the order in which the runs were first heard of. */
  documents(): readonly DetailedDocument[]
  /** The documents of steps outside any run. */
  looseSteps(): readonly DetailedDocument[]
  /**
   * The first finished run that passes the test, now or as soon as there is one.
   *
   * @param test a workflow's name, or a function. @default any
   * @throws (rejects) ExporterError `timeout` when there is none after `timeoutMs`, 5 s unless given.
   */
  waitFor(test?: string | DocumentTest, timeoutMs?: number): Promise<DetailedDocument>
  clear(): void
}

/** Keeps documents in memory, for tests. */
export function memorySink(): MemorySink {
  const runs = new Map<string, Delivery>()
  const steps = new Map<string, Delivery>()
  const waiting = new Set<() => void>()
  const documentsOf = (kept: ReadonlyMap<string, Delivery>) => [...kept.values()].map(({ document }) => document)
  return {
    name: 'memory',
    write(delivery) {
      const kept = delivery.loose ? steps : runs
      kept.set(delivery.key, delivery)
      for (const look of waiting) look()
    },
    documents: () => documentsOf(runs),
    looseSteps: () => documentsOf(steps),
    waitFor(test = () => true, timeoutMs = 5_000) {
      const passes: DocumentTest = typeof test === 'string' ? ({ run }) => run.name === test : test
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = [...runs.values()].find(({ final, document }) => final && passes(document))
          if (found === undefined) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(found.document)
        }
        const timer = setTimeout(() => {
          waiting.delete(look)
          const seen = documentsOf(runs).map(({ run }) => `${run.name} (${run.outcome})`)
          const what = typeof test === 'string' ? `no run of '${test}'` : 'no run that passes the test'
          reject(
            new ExporterError(
              'timeout',
              `${what} finished within ${timeoutMs} ms; seen: ${seen.join(', ') || 'nothing'}.`,
            ),
          )
        }, timeoutMs)
        waiting.add(look)
        look()
      })
    },
    clear() {
      runs.clear()
      steps.clear()
    },
  }
}
