import type { DocumentError } from '../core/document.js'
import { isFailure, type Outcome } from '../core/outcome.js'
import { maskControls, maskLines } from '../terminal/mask.js'
import { JUNIT_RESULT, type JunitResult } from '../words/ci.js'
import { toWord } from '../words/vocabulary.js'
import { escapeMarkup } from './markup.js'
import { outcomeLabel } from './palette.js'
import { pathText } from './path-text.js'
import { culpritOf } from './phrases.js'
import type { Report, ReportAttempt, ReportRun, ReportStep } from './report.js'
import { withPaths } from './step-paths.js'

interface Case {
  readonly name: string
  readonly outcome: Outcome
  readonly durationMs: number | null
  readonly reason: string | null
  readonly error: DocumentError | null
  readonly attempts: readonly ReportAttempt[]
}

/**
 * The report as JUnit XML, as Jenkins and Surefire define it: a suite per run, a case per step that has none below it,
 * and one for each step above that, or the run, which failed by itself. So every failure is counted once. Steps that passed after failed attempts carry these as
 * `flakyFailure`. Times are in seconds. Characters that XML 1.0 does not allow, and such as hide text, are written out (`\x1b`).
 */
export function reportJunit(report: Report): string {
  const suites = report.runs.map((run) => ({ run, cases: toCases(run) }))
  const all = countCases(suites.flatMap(({ cases }) => cases))
  const time = suites.reduce((sum, { run }) => sum + (run.duration_ms ?? 0), 0)
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(report.title)}" tests="${all.tests}" failures="${all.failures}" errors="${all.errors}" time="${seconds(time)}">`,
  ]
  for (const [index, { run, cases }] of suites.entries()) addSuite(lines, run, cases, index)
  lines.push('</testsuites>', '')
  return lines.join('\n')
}

function addSuite(lines: string[], run: ReportRun, cases: readonly Case[], index: number): void {
  const { tests, failures, errors, skipped } = countCases(cases)
  const timestamp = run.started_at === null ? '' : ` timestamp="${attribute(run.started_at.slice(0, 19))}"`
  lines.push(
    `  <testsuite id="${index}" name="${attribute(run.name)}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds(run.duration_ms)}"${timestamp}>`,
  )
  const properties = propertiesOf(run)
  if (properties.length > 0) lines.push('    <properties>', ...properties, '    </properties>')
  for (const each of cases) addCase(lines, run.name, each)
  lines.push('  </testsuite>')
}

function propertiesOf(run: ReportRun): string[] {
  const properties = {
    'run.key': run.key,
    'run.id': run.id,
    'run.version': run.version,
    'run.outcome': run.outcome,
    'run.target': run.target,
    'run.trace_id': run.trace_id,
    'run.retries': String(run.retries),
  }
  return Object.entries(properties).flatMap(([name, value]) =>
    value === null ? [] : [`      <property name="${name}" value="${attribute(value)}"/>`],
  )
}

function toCases(run: ReportRun): Case[] {
  const cases: Case[] = []
  const names = new Map<string, number>()
  for (const { step, path } of withPaths(run.steps)) {
    if (step.children > 0 && !step.failed_itself) continue
    cases.push(toCase(step, unique(pathText(path), names)))
  }
  // A plain document does not say where it went wrong: any failing row tells it.
  const told = culpritOf(run) !== null || (run.key === null && run.steps.some(({ outcome }) => isFailure(outcome)))
  if (told || !isFailure(run.outcome)) return cases
  const { outcome, duration_ms: durationMs, reason, error } = run
  return [{ name: unique('(run)', names), outcome, durationMs, reason, error, attempts: [] }, ...cases]
}

function toCase({ outcome, duration_ms: durationMs, reason, error, attempts }: ReportStep, name: string): Case {
  return { name, outcome, durationMs, reason, error, attempts }
}

function unique(name: string, names: Map<string, number>): string {
  const count = (names.get(name) ?? 0) + 1
  names.set(name, count)
  return count === 1 ? name : unique(`${name} #${count}`, names)
}

function addCase(lines: string[], suite: string, each: Case): void {
  const head = `    <testcase name="${attribute(each.name)}" classname="${attribute(suite)}" time="${seconds(each.durationMs)}"`
  const element = elementOf(each.outcome)
  const inside: string[] = []
  if (element === 'skipped') {
    const message = each.reason ?? each.error?.message ?? outcomeLabel(each.outcome)
    inside.push(`      <skipped message="${attribute(message)}"/>`)
  } else if (element !== 'passed') inside.push(fault(element, each.error, each))
  for (const attempt of each.attempts) {
    if (attempt.error === null || isFailure(attempt.outcome)) continue
    inside.push(fault(isFailure(each.outcome) ? 'rerunFailure' : 'flakyFailure', attempt.error, attempt))
  }
  if (inside.length === 0) lines.push(`${head}/>`)
  else lines.push(`${head}>`, ...inside, '    </testcase>')
}

function fault(name: string, error: DocumentError | null, { outcome }: { outcome: Outcome }): string {
  const type = attribute(error?.type ?? outcome)
  const message = attribute(error?.message ?? outcomeLabel(outcome))
  const text = escapeMarkup(maskLines(error?.stacktrace ?? error?.message ?? ''))
  return `      <${name} type="${type}" message="${message}">${text}</${name}>`
}

/** What has not ended is no failure, and has not passed. */
function elementOf(outcome: Outcome): JunitResult {
  return toWord(JUNIT_RESULT, outcome) ?? 'skipped'
}

function countCases(cases: readonly Case[]): { tests: number; failures: number; errors: number; skipped: number } {
  const counts = { passed: 0, failure: 0, error: 0, skipped: 0 } satisfies Record<JunitResult, number>
  for (const { outcome } of cases) counts[elementOf(outcome)] += 1
  return { tests: cases.length, failures: counts.failure, errors: counts.error, skipped: counts.skipped }
}

function seconds(ms: number | null): string {
  return ((ms ?? 0) / 1000).toFixed(3)
}

function attribute(text: string): string {
  return escapeMarkup(maskControls(text))
}
