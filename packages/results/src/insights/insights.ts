import type { DetailedDocument } from '../core/document.js'
import { type ClusterOptions, createErrorClusters, type ErrorInsights } from './clusters.js'
import { type Collector, collect } from './collector.js'
import { createDurations, type DurationInsights, type PathOptions } from './durations.js'
import { createFlakySteps, type FlakyInsights } from './flaky.js'
import { createSlowestSteps, type SlowStep } from './slowest.js'

/** How much to keep; see the options of each part. */
export interface InsightOptions extends PathOptions, ClusterOptions {
  /**
   * How many of the slowest steps to keep.
   * @default 10
   */
  maxSlowest?: number
}

/** What many runs say together. */
export interface RunInsights {
  /** How many documents were looked at. */
  runs: number
  durations: DurationInsights
  flaky: FlakyInsights
  errors: ErrorInsights
  slowest: SlowStep[]
}

/**
 * Durations, flaky steps, error clusters and slowest steps in one pass over the documents, in bounded memory. Give it
 * outermost runs: a run inside a run is a step of its outer document already.
 */
export function createInsights(options: InsightOptions = {}): Collector<RunInsights> {
  const durations = createDurations(options)
  const flaky = createFlakySteps(options)
  const errors = createErrorClusters(options)
  const slowest = createSlowestSteps({ limit: options.maxSlowest })
  let runs = 0
  return {
    add(document) {
      runs += 1
      durations.add(document)
      flaky.add(document)
      errors.add(document)
      slowest.add(document)
    },
    result: () => ({
      runs,
      durations: durations.result(),
      flaky: flaky.result(),
      errors: errors.result(),
      slowest: slowest.result(),
    }),
  }
}

/** {@link createInsights} over documents that are already at hand. */
export function runInsights(documents: Iterable<DetailedDocument>, options: InsightOptions = {}): RunInsights {
  return collect(createInsights(options), documents)
}
