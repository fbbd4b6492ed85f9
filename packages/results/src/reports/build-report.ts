import type { AttemptNode, DetailedDocument, ResultsDocument, RunFacts, StepNode } from '../core/document.js'
import { isFailure } from '../core/outcome.js'
import { criticalPath } from '../insights/critical-path.js'
import { firstFailure } from '../insights/first-failure.js'
import { msBetween, roundMs } from '../insights/instant.js'
import { failedItself, walkSteps } from '../insights/walk.js'
import { noCounts } from './counts.js'
import { fromRows } from './from-rows.js'
import {
  type CriticalShare,
  REPORT_SCHEMA,
  type Report,
  type ReportAttempt,
  type ReportRun,
  type ReportStep,
} from './report.js'

/** What a report is called. */
export interface ReportOptions {
  /** @default 'Workflow report' */
  title?: string
  /**
   * The workflow's name for plain documents, which do not say it.
   * @default 'workflow'
   */
  name?: string
}

const MAX_CRITICAL = 10
const MIN_CRITICAL = 0.005

/**
 * Makes the report of one or many documents, in their order. A plain document gives a run without times.
 *
 * @throws ResultsError `unknown_word` when a row of a plain document has a status that is no outcome.
 */
export function buildReport(
  documents: Iterable<DetailedDocument | ResultsDocument>,
  options: ReportOptions = {},
): Report {
  const runs: ReportRun[] = []
  const counts = noCounts()
  for (const document of documents) {
    const run = 'run' in document ? toRun(document) : fromRows(document.statuses, options.name ?? 'workflow')
    counts[run.outcome] += 1
    runs.push(run)
  }
  const failed = runs.some(({ outcome }) => isFailure(outcome))
  return { schema: REPORT_SCHEMA, title: options.title ?? 'Workflow report', runs, counts, failed }
}

function toRun(document: DetailedDocument): ReportRun {
  const { run, provenance } = document
  const counts = noCounts()
  const steps: ReportStep[] = []
  let retries = 0
  walkSteps(document.steps, null, (step, _, depth) => {
    counts[step.outcome] += 1
    retries += step.attempts.filter(({ outcome }) => outcome === 'retry').length
    steps.push(toStep(step, depth, run))
    return null
  })
  return {
    key: run.key,
    id: run.id,
    name: run.name,
    title: run.title,
    version: run.version,
    outcome: run.outcome,
    reason: run.reason,
    target: run.target,
    started_at: run.started_at,
    ended_at: run.ended_at,
    duration_ms: run.duration_ms,
    trace_id: run.trace_id,
    warnings: run.warnings,
    error: run.error,
    counts,
    retries,
    first_failure: firstFailure(document),
    critical: criticalShares(document),
    steps,
    dropped: provenance.dropped,
    recovered: provenance.recovered,
  }
}

function toStep(step: StepNode, depth: number, run: RunFacts): ReportStep {
  return {
    span_id: step.span_id,
    run_id: step.run_id,
    kind: step.kind,
    depth,
    name: step.name,
    title: step.title,
    outcome: step.outcome,
    reason: step.reason,
    target: step.target,
    offset_ms: offsetMs(run.started_at, step.started_at),
    duration_ms: step.duration_ms,
    children: step.steps.length,
    failed_itself: failedItself(step),
    warnings: step.warnings,
    error: step.error,
    attempts: step.attempts.map((attempt) => toAttempt(attempt, run)),
  }
}

function toAttempt({ attempt, outcome, started_at, duration_ms, error }: AttemptNode, run: RunFacts): ReportAttempt {
  return { attempt, outcome, offset_ms: offsetMs(run.started_at, started_at), duration_ms, error }
}

function offsetMs(origin: string | null, at: string): number | null {
  if (origin === null) return null
  const ms = msBetween(origin, at)
  return Number.isFinite(ms) ? roundMs(ms) : null
}

function criticalShares(document: DetailedDocument): CriticalShare[] {
  const path = criticalPath(document)
  if (path === null || path.duration_ms === 0) return []
  const bySpan = new Map<string | null, CriticalShare>()
  for (const { path: names, span_id, duration_ms } of path.segments) {
    const known = bySpan.get(span_id)
    if (known === undefined) bySpan.set(span_id, { path: names, span_id, duration_ms, share: 0 })
    else known.duration_ms += duration_ms
  }
  const shares = [...bySpan.values()]
    .filter(({ duration_ms }) => duration_ms >= path.duration_ms * MIN_CRITICAL)
    .sort((a, b) => b.duration_ms - a.duration_ms)
    .slice(0, MAX_CRITICAL)
  for (const each of shares) {
    each.share = Math.min(1, each.duration_ms / path.duration_ms)
    each.duration_ms = roundMs(each.duration_ms)
  }
  return shares
}
