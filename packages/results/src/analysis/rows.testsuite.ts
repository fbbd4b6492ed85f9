import type { StatusRow } from '../core/document.js'
import { WorkflowExecutionStatus } from '../statuses/status.js'

let next = 0

/** A row with these fields, and some values for the others. */
export function row(fields: Partial<StatusRow>): WorkflowExecutionStatus {
  next += 1
  return new WorkflowExecutionStatus({ run_id: String(next), title: 'T', status: 'success', mode: 'm', ...fields })
}

/** An iterable that fails the test when it is gone over twice. */
export function once<T>(items: Iterable<T>): Iterable<T> {
  let used = false
  return {
    [Symbol.iterator]() {
      if (used) throw new Error('gone over twice')
      used = true
      return items[Symbol.iterator]()
    },
  }
}
