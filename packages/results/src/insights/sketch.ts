/** How far a quantile may be from the true value: 1 % of it. */
export const SKETCH_ERROR = 0.01

/** Below a nanosecond, in milliseconds, a duration counts as 0. */
const SMALLEST = 1e-6
/** Above some 300 years, in milliseconds, durations are no longer told apart. */
const LARGEST = 1e13

const LOG_GAMMA = Math.log((1 + SKETCH_ERROR) / (1 - SKETCH_ERROR))

/** How durations are spread, in milliseconds. */
export interface DurationSummary {
  count: number
  min_ms: number
  max_ms: number
  /** Within {@link SKETCH_ERROR} of the value that half of the others do not exceed. */
  p50_ms: number
  p95_ms: number
}

/** Counts durations without keeping them. */
export interface Sketch {
  /** Adds a duration in milliseconds; what is no number or negative is not counted. */
  add(ms: number): void
  /** The quantile `q` (0 to 1), or null while nothing was added. */
  quantile(q: number): number | null
  summary(): DurationSummary | null
}

/**
 * A histogram of buckets whose bounds grow by a fixed factor (the idea of DDSketch: Masson, Rim, Lee, VLDB 2019): a
 * quantile is at most {@link SKETCH_ERROR} of itself away from the value at rank `floor(q * (n - 1))`, whatever the
 * spread, and never outside what was seen. It holds at most 2,188 buckets.
 */
export function createSketch(): Sketch {
  const buckets = new Map<number, number>()
  let count = 0
  let min = Number.POSITIVE_INFINITY
  let max = 0

  function quantile(q: number): number | null {
    if (count === 0) return null
    const rank = Math.floor(Math.min(1, Math.max(0, q)) * (count - 1))
    let seen = 0
    for (const [bucket, n] of [...buckets].sort(([a], [b]) => a - b)) {
      seen += n
      if (seen > rank) return Math.min(max, Math.max(min, middleOf(bucket)))
    }
    return max
  }

  return {
    add(ms) {
      if (!(ms >= 0)) return
      const bucket = bucketOf(ms)
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
      count += 1
      if (ms < min) min = ms
      if (ms > max) max = ms
    },
    quantile,
    summary() {
      if (count === 0) return null
      return { count, min_ms: min, max_ms: max, p50_ms: quantile(0.5) as number, p95_ms: quantile(0.95) as number }
    },
  }
}

const ZERO = Number.NEGATIVE_INFINITY

function bucketOf(ms: number): number {
  return ms < SMALLEST ? ZERO : Math.ceil(Math.log(Math.min(ms, LARGEST)) / LOG_GAMMA)
}

/** The value that is equally far, in proportion, from both bounds of a bucket. */
function middleOf(bucket: number): number {
  return bucket === ZERO ? 0 : Math.exp(bucket * LOG_GAMMA) * (1 - SKETCH_ERROR)
}
