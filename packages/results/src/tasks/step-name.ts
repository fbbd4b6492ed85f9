import { quote, ResultsError } from '../core/results-error.js'

/** The two parts of a step's name. */
export interface StepName {
  readonly tool: string
  readonly operation: string
}

const STEP_NAME = /^(?<tool>[^\s.]+(?:\.[^\s.]+)*)\.(?<operation>[^\s.]+)$/

/** True for a name of the form `tool.operation`, such as `pandas_tool.read_csv`; the tool may have dots of its own. */
export function isStepName(value: unknown): value is `${string}.${string}` {
  return typeof value === 'string' && STEP_NAME.test(value)
}

/**
 * Takes a step's name apart at its last dot.
 *
 * @throws ResultsError `invalid_value` when it does not have the form `tool.operation`.
 */
export function parseStepName(value: string): StepName {
  const parts = STEP_NAME.exec(value)?.groups
  if (parts?.tool === undefined || parts.operation === undefined) throw wrong(value)
  return { tool: parts.tool, operation: parts.operation }
}

/**
 * Names a step after its tool and operation.
 *
 * @throws ResultsError `invalid_value` when a part is empty or has white space, or the operation has a dot.
 */
export function toStepName({ tool, operation }: StepName): string {
  const name = `${tool}.${operation}`
  if (!isStepName(name) || operation.includes('.')) throw wrong(name)
  return name
}

function wrong(value: unknown): ResultsError {
  return new ResultsError('invalid_value', `${quote(value)} does not name a step; write it as tool.operation.`)
}
