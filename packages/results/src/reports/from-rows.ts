import type { DocumentError, StatusRow } from '../core/document.js'
import { isFailure, type Outcome } from '../core/outcome.js'
import { toOrdinalId } from '../core/run-id.js'
import { RESULT_STATUS } from '../words/result-status.js'
import { fromWord } from '../words/vocabulary.js'
import { noCounts } from './counts.js'
import type { ReportAttempt, ReportRun, ReportStep } from './report.js'

/** The row that stands for the run itself. */
const RUN_ROW = toOrdinalId(0)

/** A run as a plain document tells it: rows in their order, no times, no nesting; retries belong to the row after them. */
export function fromRows(rows: readonly StatusRow[], name: string): ReportRun {
  const steps: ReportStep[] = []
  const counts = noCounts()
  let attempts: ReportAttempt[] = []
  let retries = 0
  let own: ReportStep | null = null
  for (const [index, row] of rows.entries()) {
    const outcome = fromWord(RESULT_STATUS, row.status, `$.statuses[${index}].status`)
    const error = toError(row, outcome)
    if (outcome === 'retry') {
      attempts.push({ attempt: attempts.length + 1, outcome, offset_ms: null, duration_ms: null, error })
      retries += 1
      continue
    }
    const last = { attempt: attempts.length + 1, outcome, offset_ms: null, duration_ms: null, error }
    const step = toStep(row, outcome, error, attempts.length > 0 ? [...attempts, last] : [])
    attempts = []
    if (row.run_id === RUN_ROW && own === null) own = step
    else {
      counts[outcome] += 1
      steps.push(step)
    }
  }
  return {
    key: null,
    id: null,
    name,
    title: own?.title ?? name,
    version: null,
    outcome: own?.outcome ?? worst(steps),
    reason: own?.reason ?? null,
    target: own?.target ?? null,
    started_at: null,
    ended_at: null,
    duration_ms: null,
    trace_id: null,
    warnings: [],
    error: own?.error ?? null,
    counts,
    retries,
    first_failure: null,
    critical: [],
    steps,
    dropped: 0,
    recovered: false,
  }
}

/** A document without a row of its own for the run failed as its first failing row did; else it stands as its last. */
function worst(steps: readonly ReportStep[]): Outcome {
  const failing = steps.find(({ outcome }) => isFailure(outcome))
  return (failing ?? steps.at(-1))?.outcome ?? 'queued'
}

function toStep(row: StatusRow, outcome: Outcome, error: DocumentError | null, attempts: ReportAttempt[]): ReportStep {
  return {
    span_id: null,
    run_id: row.run_id,
    kind: 'step',
    depth: 0,
    name: row.title,
    title: row.title,
    outcome,
    reason: error === null ? row.error_message : null,
    target: row.target,
    offset_ms: null,
    duration_ms: null,
    children: 0,
    failed_itself: isFailure(outcome),
    warnings: [],
    error,
    attempts,
  }
}

function toError(row: StatusRow, outcome: Outcome): DocumentError | null {
  if (!isFailure(outcome) && outcome !== 'retry') return null
  const { error_code: code, error_message: message, stacktrace } = row
  return { type: null, code, category: null, message, stacktrace }
}
