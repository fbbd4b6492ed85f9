import type { StatusRow } from '../core/document.js'
import { isFailure, isSuccess } from '../core/outcome.js'
import { type Counter, createCounter } from './counter.js'
import { keptText } from './kept-text.js'
import { type RowSource, rowsOf } from './row-source.js'
import { rateOfSettled } from './success-rate.js'

/** A failed row that has a stack. */
export interface StackEntry {
  run_id: string
  title: string
  error: string | null
}

/** How often, where and by what rows failed. */
export interface FailureAnalysis {
  /** Rows of any status. */
  total_executions: number
  failure_count: number
  success_count: number
  /** By `error_code`; 0 is not counted. */
  error_codes: Record<string, number>
  failure_by_mode: Record<string, number>
  failure_by_title: Record<string, number>
  /** By the text before the first colon of the message; an empty message is not counted. */
  common_error_messages: Record<string, number>
  steps_with_stacktraces: StackEntry[]
  /** Percent: {@link rateOfSettled}. */
  success_rate: number
  /** Only where a limit was reached: how many of each kind are missing above. */
  left_out?: LeftOut
}

/** How many failures the lists of an analysis do not show. */
export interface LeftOut {
  error_codes: number
  failure_by_mode: number
  failure_by_title: number
  common_error_messages: number
  steps_with_stacktraces: number
}

/** An analysis that rows are added to, one by one. */
export interface Analysis {
  add(row: StatusRow): void
  /** What is known so far. */
  result(): FailureAnalysis
}

/** How many rows with a stack are listed. */
export const MAX_STACKTRACES = 1_000

/** Looks at the failures of a run, going over its rows once. Memory is bounded by the number of different texts kept. */
export function analyze(source: RowSource): FailureAnalysis {
  const analysis = createAnalysis()
  for (const row of rowsOf(source)) analysis.add(row)
  return analysis.result()
}

/** Begins an analysis of rows that arrive over time, of one run or of many. */
export function createAnalysis(): Analysis {
  const codes = createCounter()
  const modes = createCounter()
  const titles = createCounter()
  const messages = createCounter()
  const stacks: StackEntry[] = []
  let total = 0
  let failures = 0
  let successes = 0
  let stacksLeftOut = 0

  function addFailure(row: StatusRow): void {
    failures += 1
    if (row.error_code) codes.count(String(row.error_code))
    modes.count(row.mode)
    titles.count(row.title)
    if (row.error_message) messages.count(beforeColon(row.error_message))
    if (!row.stacktrace) return
    if (stacks.length < MAX_STACKTRACES) stacks.push(toStackEntry(row))
    else stacksLeftOut += 1
  }

  return {
    add(row) {
      total += 1
      if (isFailure(row.status)) addFailure(row)
      else if (isSuccess(row.status)) successes += 1
    },
    result() {
      const leftOut = toLeftOut(codes, modes, titles, messages, stacksLeftOut)
      return {
        total_executions: total,
        failure_count: failures,
        success_count: successes,
        error_codes: codes.toRecord(),
        failure_by_mode: modes.toRecord(),
        failure_by_title: titles.toRecord(),
        common_error_messages: messages.toRecord(),
        steps_with_stacktraces: [...stacks],
        success_rate: rateOfSettled(successes, failures),
        ...(Object.values(leftOut).some((count) => count > 0) ? { left_out: leftOut } : {}),
      }
    },
  }
}

function toLeftOut(codes: Counter, modes: Counter, titles: Counter, messages: Counter, stacks: number): LeftOut {
  return {
    error_codes: codes.leftOut(),
    failure_by_mode: modes.leftOut(),
    failure_by_title: titles.leftOut(),
    common_error_messages: messages.leftOut(),
    steps_with_stacktraces: stacks,
  }
}

function toStackEntry({ run_id, title, error_message }: StatusRow): StackEntry {
  return { run_id, title: keptText(title), error: error_message === null ? null : keptText(error_message) }
}

function beforeColon(message: string): string {
  const end = message.indexOf(':')
  return end === -1 ? message : message.slice(0, end)
}
