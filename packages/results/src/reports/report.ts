import type { DocumentError, Json } from '../core/document.js'
import type { Outcome } from '../core/outcome.js'
import type { FailurePoint } from '../insights/first-failure.js'

/** The version of the report's form: readers accept any `runspan.report/1`, whatever keys are added. */
export const REPORT_SCHEMA = 'runspan.report/1'

/** One try of a step. */
export interface ReportAttempt {
  attempt: number | null
  outcome: Outcome
  /** Milliseconds since the run's start; null when one of the two is not known. */
  offset_ms: number | null
  duration_ms: number | null
  error: DocumentError | null
}

/** A step in a report. */
export interface ReportStep {
  /** Null for a row of a plain document. */
  span_id: string | null
  run_id: string
  kind: 'step' | 'run'
  /** 0 for a step directly in the run. Each step stands before the ones below it. */
  depth: number
  name: string
  title: string
  outcome: Outcome
  reason: string | null
  target: string | null
  /** Milliseconds since the run's start; null when one of the two is not known. */
  offset_ms: number | null
  duration_ms: number | null
  /** How many steps are directly below it. */
  children: number
  /** True when it failed and no step directly below it did. */
  failed_itself: boolean
  warnings: Json[]
  error: DocumentError | null
  attempts: ReportAttempt[]
}

/** A step, or the run itself, and its share of the time that decided how long the run took. */
export interface CriticalShare {
  /** The names from the outermost step down; empty for the run itself. */
  path: string[]
  span_id: string | null
  duration_ms: number
  /** 0 to 1. */
  share: number
}

/** One run in a report. */
export interface ReportRun {
  /** Null for a plain document, which does not name it. */
  key: string | null
  id: string | null
  name: string
  title: string
  version: string | null
  outcome: Outcome
  reason: string | null
  target: string | null
  started_at: string | null
  ended_at: string | null
  duration_ms: number | null
  trace_id: string | null
  warnings: Json[]
  error: DocumentError | null
  /** How many steps stand how. */
  counts: Record<Outcome, number>
  /** How many attempts were followed by another. */
  retries: number
  first_failure: FailurePoint | null
  /** What held up the end of the run, longest first: at most 10, each at least 0.5 % of the time. */
  critical: CriticalShare[]
  /** From the top down. */
  steps: ReportStep[]
  /** Steps that the run counted but nobody saw. */
  dropped: number
  /** True when it was rebuilt from the journal of a process that died. */
  recovered: boolean
}

/** What the reports in Markdown, HTML and JUnit XML are made of. */
export interface Report {
  schema: typeof REPORT_SCHEMA
  title: string
  runs: ReportRun[]
  /** How many of the runs stand how. */
  counts: Record<Outcome, number>
  /** True when a run failed. */
  failed: boolean
}
