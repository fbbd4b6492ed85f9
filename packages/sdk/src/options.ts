import type { Attributes } from '@opentelemetry/api'
import type { Duration } from './duration.js'
import type { RetryOptions } from './retry.js'

/** What to record of a call's arguments and result; each is JSON text of at most 16 kB. */
export type Capture = boolean | { inputs?: boolean | undefined; outputs?: boolean | undefined }

/** A value, or a function of the wrapped function's arguments that gives it. */
export type FromArgs<Args extends readonly unknown[], T> = T | ((...args: Args) => T)

/** Options of a step. */
export interface StepOptions<Args extends readonly unknown[] = readonly unknown[]> {
  /** The step's own id in the document; padded to four digits when numeric. @default its number in start order */
  id?: string | undefined
  /** What people read. @default the name */
  title?: string | undefined
  /** How it is run, in the user's own words. @default the run's mode, or `default` */
  mode?: string | undefined
  /** What it works on: a path, a table, an address. @default none */
  target?: FromArgs<Args, string | null | undefined>
  /** Words to find it by. @default none */
  tags?: readonly string[] | Readonly<Record<string, string>> | undefined
  /** The user's own span attributes, set at start. @default none */
  attributes?: FromArgs<Args, Attributes>
  /** How often to try again: a number of retries, or `{}` for three, after 1, 2 and 4 seconds. @default never */
  retry?: number | RetryOptions | undefined
  /** After this time, of all tries together, the step fails with a `TimeoutError`. @default no limit */
  timeout?: Duration | undefined
  /** Aborts the step's signal. @default the run's signal */
  signal?: FromArgs<Args, AbortSignal | undefined>
  /** Records inputs, outputs or both. @default false */
  capture?: Capture | undefined
  /** The integer of a failure, or a function of the error. @default see `serializeError` */
  errorCode?: number | ((error: unknown) => number | undefined) | undefined
}

/** Options of a workflow. */
export interface WorkflowOptions<Args extends readonly unknown[] = readonly unknown[]> extends StepOptions<Args> {
  /** The version of the workflow's definition. @default none */
  version?: string | undefined
  /** The run's own id. @default a new UUIDv7 */
  runId?: FromArgs<Args, string | undefined>
  /**
   * Whether the run continues the trace it is called in, or begins one of its own: with a link back, or without.
   * @default 'parent'
   */
  trace?: 'parent' | 'link' | 'root' | undefined
  /** What to record as the run's inputs in place of its arguments. @default the arguments, when captured */
  inputs?: FromArgs<Args, unknown>
  /** Other conventions whose attributes and metrics are to be written too, for the run and its steps. @default none */
  semconv?: readonly 'cicd'[] | undefined
}
