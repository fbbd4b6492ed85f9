import { quote, ResultsError } from '../core/results-error.js'

/** An error or a warning of an execution. */
export interface Issue {
  readonly message: string
  readonly taskId: string | null
  /** ISO 8601, UTC. */
  readonly timestamp: string
  /** Whatever else was told of it. */
  readonly details: Readonly<Record<string, unknown>>
}

/** What a caller can tell of an error or warning: an error, a text, or an object of its own. */
export type IssueInput = string | Error | ({ message?: string; taskId?: string } & Record<string, unknown>)

/** The most issues of one kind that an execution keeps; more are counted. */
export const MAX_ISSUES = 100

/** The first issues of an execution, since the first is mostly the cause, and how many there were in all. */
export interface IssueList {
  readonly kept: Issue[]
  total: number
}

/** Keeps an issue while there is room, and counts it in any case. */
export function addIssue(list: IssueList, issue: Issue): void {
  list.total += 1
  if (list.kept.length < MAX_ISSUES) list.kept.push(issue)
}

/** Reads what a caller tells of an issue. @throws ResultsError `invalid_value` when it is no text, error or object. */
export function parseIssue(input: IssueInput, at: number): Issue {
  const timestamp = new Date(at).toISOString()
  if (typeof input === 'string') return Object.freeze({ message: input, taskId: null, timestamp, details: {} })
  if (input instanceof Error) {
    return Object.freeze({ message: input.message, taskId: null, timestamp, details: { type: input.name } })
  }
  if (typeof input !== 'object' || input === null) {
    throw new ResultsError('invalid_value', `An issue is ${quote(input)}; give a text, an error or an object.`)
  }
  const { message, taskId, ...details } = input
  return Object.freeze({
    message: typeof message === 'string' ? message : '',
    taskId: typeof taskId === 'string' ? taskId : null,
    timestamp,
    details: Object.freeze(details),
  })
}
