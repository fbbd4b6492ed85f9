import type { ResultsDocument } from '../core/document.js'
import { quote, ResultsError } from '../core/results-error.js'
import { WorkflowExecutionStatus } from './status.js'

/** A document's statuses, in their order. The array given is the array kept. */
export class WorkflowExecutionResults implements ResultsDocument, Iterable<WorkflowExecutionStatus> {
  readonly statuses: WorkflowExecutionStatus[]

  /** @throws ResultsError `invalid_value` when `statuses` is no array of statuses. */
  constructor(fields: { statuses: WorkflowExecutionStatus[] }) {
    const statuses: unknown = fields?.statuses
    if (!Array.isArray(statuses)) {
      const found = statuses === undefined ? 'is missing' : `is ${quote(statuses)}`
      throw new ResultsError('invalid_value', `$.statuses ${found}; allowed is an array of statuses.`, {
        path: '$.statuses',
      })
    }
    for (const [index, status] of statuses.entries()) expectStatus(status, `$.statuses[${index}]`)
    this.statuses = statuses
  }

  [Symbol.iterator](): Iterator<WorkflowExecutionStatus> {
    return this.statuses[Symbol.iterator]()
  }

  toString(): string {
    return `WorkflowExecutionResults(statuses: [${this.statuses.join(', ')}])`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/**
 * Refuses what is no {@link WorkflowExecutionStatus}.
 *
 * @throws ResultsError `invalid_value`.
 */
export function expectStatus(value: unknown, path: string): asserts value is WorkflowExecutionStatus {
  if (value instanceof WorkflowExecutionStatus) return
  throw new ResultsError(
    'invalid_value',
    `${path} is ${quote(value)}; allowed is a WorkflowExecutionStatus: make one of the fields.`,
    {
      path,
    },
  )
}
