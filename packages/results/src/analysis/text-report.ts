import type { FailureAnalysis } from './analyze.js'
import { byCount } from './counter.js'
import { oneDecimal } from './one-decimal.js'

/** When the report was made. */
export interface TextReportOptions {
  /** Shown in the time zone of this process. */
  now: Date
}

const TOP_MESSAGES = 5
const FIRST_STACKTRACES = 3

/**
 * A failure analysis for people to read, with an empty first line and a line end at its end. Names and messages stand
 * in it as they are: whoever prints it to a terminal must make their control characters harmless.
 */
export function textReport(analysis: FailureAnalysis, options: TextReportOptions): string {
  const codes = Object.entries(analysis.error_codes).sort(([a], [b]) => Number(a) - Number(b))
  return `
WORKFLOW FAILURE ANALYSIS REPORT
Generated: ${toLocalTime(options.now)}

OVERVIEW:
- Total executions: ${analysis.total_executions}
- Successful executions: ${analysis.success_count}
- Failed executions: ${analysis.failure_count}
- Success rate: ${oneDecimal(analysis.success_rate)}%

ERROR CODE DISTRIBUTION:
${lines(codes, (code, count) => `Error ${code}: ${count} occurrences`)}
FAILURES BY MODE:
${lines(byCount(analysis.failure_by_mode), (mode, count) => `${mode}: ${count} failures`)}
FAILURES BY STEP:
${lines(byCount(analysis.failure_by_title), (title, count) => `${title}: ${count} failures`)}
COMMON ERROR PATTERNS:
${lines(byCount(analysis.common_error_messages).slice(0, TOP_MESSAGES), (text, count) => `${text}: ${count} occurrences`)}${stacktraces(analysis)}`
}

function stacktraces(analysis: FailureAnalysis): string {
  const steps = analysis.steps_with_stacktraces
  if (steps.length === 0) return ''
  const count = steps.length + (analysis.left_out?.steps_with_stacktraces ?? 0)
  // "None" is what the format has where a step failed without a message.
  const shown = steps
    .slice(0, FIRST_STACKTRACES)
    .map((step) => `- ${step.run_id}: ${step.title} - ${step.error ?? 'None'}\n`)
  return `\nSTEPS WITH DETAILED STACKTRACES: ${count}\n${shown.join('')}`
}

function lines(counts: readonly [string, number][], toLine: (text: string, count: number) => string): string {
  return counts.map(([text, count]) => `- ${toLine(text, count)}\n`).join('')
}

function toLocalTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`
}
