/**
 * Percent of what succeeded among what succeeded or failed; 0 when neither happened. What runs, waits, was skipped,
 * cancelled or tried again is left out. Of summaries, failure analysis and comparison.
 */
export function rateOfSettled(succeeded: number, failed: number): number {
  return (succeeded / Math.max(succeeded + failed, 1)) * 100
}

/** Percent of what did not fail among everything; 0 when there is nothing. Of the health report. */
export function rateOfUnfailed(total: number, failed: number): number {
  return total === 0 ? 0 : ((total - failed) / total) * 100
}

/**
 * Percent of what succeeded among everything that was started, so that what still runs or was cancelled lowers it; 0
 * when there is nothing. Of the statistics of a pipeline status tracker.
 */
export function rateOfStarted(succeeded: number, started: number): number {
  return started === 0 ? 0 : (succeeded / started) * 100
}
