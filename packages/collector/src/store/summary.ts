import { firstFailure } from '@runspan/results'
import {
  createFold,
  type DetailedDocument,
  isFailure,
  isTerminal,
  type SpanRecord,
  type StepNode,
  toIso,
} from '@runspan/results/core'
import type { RunSummary } from './run-store.js'

/** The longest error line, in UTF-16 code units. */
const MAX_ERROR = 300

/** The document of one run out of its records and those that may be its; undefined when none of them is. */
export function findDocument(
  key: string,
  records: readonly SpanRecord[],
  revision: number,
): DetailedDocument | undefined {
  const fold = createFold()
  for (const record of records) fold.add(record)
  return fold.document(key, { road: 'otlp', revision })
}

/** The earliest start of these spans, as decimal nanoseconds of equal length: such texts sort as times do. */
export function toSortableStart(records: readonly SpanRecord[]): string {
  let earliest = ''
  for (const { start } of records) {
    const padded = start.padStart(20, '0')
    if (earliest === '' || padded < earliest) earliest = padded
  }
  return earliest
}

/**
 * The line of the list for a document.
 *
 * @param start the earliest start that is known, for a run whose own span has not come.
 * @param counted false when the document was made of the root span alone.
 */
export function toRunSummary(document: DetailedDocument, start = '0', counted = true): RunSummary {
  const { run } = document
  return {
    key: run.key,
    run_id: run.id,
    workflow: run.name,
    version: run.version,
    outcome: run.outcome,
    started_at: run.started_at ?? toIso(start.replace(/^0+(?=\d)/, '')),
    ended_at: run.ended_at,
    duration_ms: run.duration_ms,
    steps: counted ? countSteps(document.steps) : null,
    error: toErrorLine(document),
  }
}

function countSteps(steps: readonly StepNode[]): NonNullable<RunSummary['steps']> {
  const counts = { known: 0, finished: 0, failed: 0, retries: 0 }
  const waiting = [...steps]
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    counts.known += 1
    if (isTerminal(step.outcome)) counts.finished += 1
    if (isFailure(step.outcome)) counts.failed += 1
    counts.retries += Math.max(0, step.attempts.length - 1)
    for (const child of step.steps) waiting.push(child)
  }
  return counts
}

/** Why a run failed, in one line: the failure that came first, at the step where it began. */
function toErrorLine(document: DetailedDocument): string | null {
  if (!isFailure(document.run.outcome)) return null
  const error = firstFailure(document)?.error ?? document.run.error
  return firstLine([error?.type, error?.message].filter(Boolean).join(': '))
}

function firstLine(text: string): string | null {
  const line = text.split('\n', 1)[0]!
  if (line === '') return null
  return line.length > MAX_ERROR ? `${line.slice(0, MAX_ERROR).toWellFormed()}…` : line
}
