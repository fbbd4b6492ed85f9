// collector
export { CollectorError, type CollectorErrorCode, isCollectorError } from './collector-error.js'
export type { Counters, DropListener, DropReason } from './metrics.js'
export { type Collector, type CollectorOptions, DEFAULT_HOST, DEFAULT_PORT, startCollector } from './start-collector.js'
// api
export type { RunSummary } from './store/run-store.js'
export { toRunSummary } from './store/summary.js'
