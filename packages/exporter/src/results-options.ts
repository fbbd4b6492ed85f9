import { checkNumbers, LONGEST_TIMER_MS } from './check-numbers.js'
import type { SinkOptions } from './resolve-sinks.js'

/** Options of the exporter and of the processor. */
export interface ResultsOptions extends SinkOptions {
  /** How much memory the records of all runs may take, in bytes; above it only the ends of runs and of spans held are taken, the rest is counted. @default 256 MiB */
  maxBytes?: number | undefined
  /** How much of it finished runs may keep for late spans, in bytes. @default 64 MiB */
  maxFinishedBytes?: number | undefined
  /** How long a finished run waits for late spans, and for sinks that refuse it, in milliseconds. @default 60000 */
  lateMs?: number | undefined
  /** After this time a run that goes on gets its first document, in milliseconds. @default 1000 */
  firstAfterMs?: number | undefined
  /** How long `forceFlush` and `shutdown` wait for sinks, in milliseconds. @default 5000 */
  deadlineMs?: number | undefined
}

/** What became of records and documents so far. */
export interface DocumentsStatus {
  /** Runs whose records are kept. */
  readonly runs: number
  /** Documents that not every sink has yet taken in their last form. */
  readonly waiting: number
  readonly written: number
  /** Records left out because the memory was used up, they came too late or their run is told elsewhere; documents that a sink could not be given. */
  readonly dropped: number
  /** Records that the crash journal could not take. */
  readonly unjournalled: number
  /** Documents made of what processes that died had left. */
  readonly recovered: number
}

/** How much may be kept, and for how long; every field as in {@link ResultsOptions}. */
export interface Limits {
  readonly maxBytes: number
  readonly maxFinishedBytes: number
  readonly lateMs: number
  readonly firstAfterMs: number
  readonly deadlineMs: number
}

const MIB = 1024 * 1024

/** @throws ExporterError `invalid_option` for one that is no number in its range. */
export function resolveLimits(options: ResultsOptions): Limits {
  const { maxBytes = 256 * MIB, maxFinishedBytes = 64 * MIB, lateMs = 60_000 } = options
  const { firstAfterMs = 1_000, deadlineMs = 5_000 } = options
  checkNumbers({ maxBytes, maxFinishedBytes, lateMs, firstAfterMs }, 0)
  checkNumbers({ deadlineMs }, 0, LONGEST_TIMER_MS)
  return { maxBytes, maxFinishedBytes, lateMs, firstAfterMs, deadlineMs }
}
