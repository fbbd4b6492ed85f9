import type { StatusRow } from '../core/document.js'
import { isFailure } from '../core/outcome.js'
import { type RowSource, rowsOf } from './row-source.js'
import { rateOfUnfailed } from './success-rate.js'

/** In three words, how much of what was run did not fail. */
export type HealthWord = 'healthy' | 'warning' | 'critical'

/** A row as a health report shows it. */
export type RecentExecution = Pick<StatusRow, 'run_id' | 'title' | 'status' | 'mode'>

/** What a monitoring system is told. */
export interface HealthReport {
  /** ISO 8601, UTC. */
  timestamp: string
  service: 'workflow_execution'
  status: HealthWord
  metrics: {
    total_executions: number
    recent_failures: number
    /** Percent: {@link rateOfUnfailed}. */
    success_rate: number
  }
  /** The last five rows, the latest last. */
  recent_executions: RecentExecution[]
}

/** When the report was made. */
export interface HealthOptions {
  now: Date
}

/** A health report that rows are added to, one by one. */
export interface Health {
  add(row: StatusRow): void
  /** What is known so far. */
  report(options: HealthOptions): HealthReport
}

const RECENT = 5
/** Below these percentages a service is critical, or gives a warning. */
const CRITICAL_BELOW = 50
const WARNING_BELOW = 80

/** Says how healthy a run is, going over its rows once. */
export function healthReport(source: RowSource, options: HealthOptions): HealthReport {
  const health = createHealth()
  for (const row of rowsOf(source)) health.add(row)
  return health.report(options)
}

/** Begins a health report of rows that arrive over time. */
export function createHealth(): Health {
  const recent: RecentExecution[] = []
  let total = 0
  let failures = 0
  return {
    add({ run_id, title, status, mode }) {
      total += 1
      if (isFailure(status)) failures += 1
      if (recent.push({ run_id, title, status, mode }) > RECENT) recent.shift()
    },
    report({ now }) {
      const rate = rateOfUnfailed(total, failures)
      return {
        timestamp: now.toISOString(),
        service: 'workflow_execution',
        status: toHealthWord(rate),
        metrics: { total_executions: total, recent_failures: failures, success_rate: rate },
        recent_executions: [...recent],
      }
    },
  }
}

/** The word for a percentage; nothing at all run is 0, and so critical. */
export function toHealthWord(rate: number): HealthWord {
  if (rate < CRITICAL_BELOW) return 'critical'
  return rate < WARNING_BELOW ? 'warning' : 'healthy'
}
