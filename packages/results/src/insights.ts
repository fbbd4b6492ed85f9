// collectors

export {
  type ClusterOptions,
  createErrorClusters,
  type ErrorCluster,
  type ErrorInsights,
  type SampleRun,
} from './insights/clusters.js'
export { type Collector, collect } from './insights/collector.js'
export {
  createDurations,
  type DurationInsights,
  type PathOptions,
  type StepDurations,
  type WorkflowDurations,
} from './insights/durations.js'
export { createFlakySteps, type FlakyInsights, type FlakyStep, type VersionVerdicts } from './insights/flaky.js'
export { createInsights, type InsightOptions, type RunInsights, runInsights } from './insights/insights.js'
export { createSlowestSteps, type SlowestOptions, type SlowStep, slowestSteps } from './insights/slowest.js'

// measures

export { type CriticalPath, type CriticalSegment, criticalPath } from './insights/critical-path.js'
export { errorFingerprint, maskMessage } from './insights/fingerprint.js'
export { type DurationSummary, SKETCH_ERROR } from './insights/sketch.js'
