import { type Duration, MAX_DELAY_MS, parseDuration } from './duration.js'
import { checkOption, refuseOption } from './sdk-error.js'

/** How a step is tried again. */
export interface RetryOptions {
  /** Tries after the first one. @default 3 */
  maxRetries?: number | undefined
  /** The wait before the first retry. @default 1000 */
  delay?: Duration | undefined
  /** By how much each wait is longer than the one before. @default 2 */
  backoffFactor?: number | undefined
  /** No wait is longer than this. @default no limit */
  maxDelay?: Duration | undefined
  /** The part of each wait that is left to chance, 0 to 1: a wait of 1 s with 0.2 lasts 0.8 to 1 s. @default 0 */
  jitter?: number | undefined
  /** Whether this error is worth another try; `attempt` counts from 1. @default every error but an abort */
  when?: ((error: unknown, attempt: number) => boolean) | undefined
}

/** The complete form of {@link RetryOptions}, times in milliseconds. */
export interface Retry {
  readonly maxRetries: number
  readonly delay: number
  readonly backoffFactor: number
  readonly maxDelay: number
  readonly jitter: number
  readonly when: ((error: unknown, attempt: number) => boolean) | undefined
}

/** Fills in what a `retry` option leaves open; a number is the count of retries. */
export function resolveRetry(option: number | RetryOptions): Retry {
  const given = typeof option === 'number' ? { maxRetries: option } : option
  if (typeof given !== 'object' || given === null) {
    return refuseOption('retry', option, 'a number of retries or { maxRetries, delay, … }')
  }
  const when = given.when
  checkOption('retry.when', when, (it) => typeof it === 'function', 'a function (error, attempt) => boolean')
  return {
    maxRetries: inRange(given.maxRetries ?? 3, 'retry.maxRetries', 0, 1_000_000, Number.isInteger),
    delay: parseDuration(given.delay ?? 1_000, 'retry.delay'),
    backoffFactor: inRange(given.backoffFactor ?? 2, 'retry.backoffFactor', 1, 1_000),
    maxDelay: parseDuration(given.maxDelay ?? MAX_DELAY_MS, 'retry.maxDelay'),
    jitter: inRange(given.jitter ?? 0, 'retry.jitter', 0, 1),
    when,
  }
}

/** The wait in milliseconds after the n-th try failed, n from 1: `delay × factor^(n-1)`, limited, then jittered. */
export function retryDelay(retry: Retry, attempt: number, random: () => number = Math.random): number {
  const full = Math.min(retry.delay * retry.backoffFactor ** (attempt - 1), retry.maxDelay)
  return full - full * retry.jitter * random()
}

function inRange(value: unknown, option: string, min: number, max: number, also?: (value: number) => boolean): number {
  if (typeof value === 'number' && value >= min && value <= max && (also?.(value) ?? true)) return value
  return refuseOption(option, value, `a ${also ? 'whole ' : ''}number from ${min} to ${max}`)
}
