import type { DocumentError } from '../core/document.js'
import { isTerminal } from '../core/outcome.js'
import type { FailurePoint } from '../insights/first-failure.js'
import { formatDuration } from '../terminal/duration.js'
import { countsText, plural } from './counts.js'
import { formatInstant } from './instant-text.js'
import { outcomeLabel } from './palette.js'
import type { ReportRun } from './report.js'

/** Such as `failed in 42.10 s` or `running`. */
export function stateText({ outcome, duration_ms }: ReportRun): string {
  if (duration_ms === null) return outcomeLabel(outcome)
  return `${outcomeLabel(outcome)} ${isTerminal(outcome) ? 'in' : 'after'} ${formatDuration(duration_ms)}`
}

/** What there is to say of a run in words and numbers of our own; nothing from outside. */
export function factsOf(run: ReportRun): string[] {
  const facts = [countsText(run.counts, 'step')]
  if (run.retries > 0) facts.push(plural(run.retries, 'retry', 'retries'))
  if (run.started_at !== null) facts.push(`started ${formatInstant(run.started_at)}`)
  if (run.dropped > 0) facts.push(`${plural(run.dropped, 'step')} lost on the way`)
  if (run.recovered) facts.push('recovered from a journal')
  return facts
}

/** The step where a run went wrong; null when it failed by an error of its own, after it had got over the step's. */
export function culpritOf({ first_failure, error }: ReportRun): FailurePoint | null {
  return first_failure?.handled && error !== null ? null : first_failure
}

/** Such as `TypeError: x is not a function`; as it was sent, so it still must be made visible and escaped. */
export function errorText({ type, message }: Pick<DocumentError, 'type' | 'message'>): string {
  return type !== null && message !== null ? `${type}: ${message}` : (type ?? message ?? 'no message')
}
