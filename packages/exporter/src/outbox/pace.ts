const MAX_UNDERWAY = 4
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 60_000
const LONGEST_ASKED_MS = 60 * 60_000
/** So many failures in a row say that the receiver is gone; fewer are the message's own bad luck. */
const PATIENCE = 3
/** One attempt that took so long for nothing says the same. */
const SLOW_MS = 1_000

/** How fast a receiver is sent messages, as it has answered so far. */
export interface Pace {
  /** How long nothing is sent from now on, in milliseconds; not above 0 when the next may be sent. */
  waitMs(): number
  /** How many may be on their way at a time. */
  most(): number
  /** So much has failed that it seems to be gone. */
  isGone(): boolean
  /** It has taken a message. */
  took(): void
  /** An attempt of so many milliseconds was for nothing; it asks for a pause of `askedMs`, or for none. */
  failed(tookMs: number, askedMs: number): void
  /** It has not answered until a deadline, and would not do so a moment later. */
  silent(): void
  /** Starts afresh, for who cannot wait; not when it asked for a pause, or made somebody wait a moment ago. */
  hurry(): void
}

/** Begins with a receiver that nothing is known of. */
export function createPace(): Pace {
  let failures = 0
  let pausedUntil = 0
  /** Until then nobody starts afresh. */
  let restUntil = 0

  const pause = (ms: number, restMs: number) => {
    const now = performance.now()
    pausedUntil = Math.max(pausedUntil, now + ms)
    restUntil = Math.max(restUntil, now + restMs)
  }
  const isGone = () => failures >= PATIENCE
  return {
    isGone,
    waitMs: () => pausedUntil - performance.now(),
    // One message tries whether it is there again.
    most: () => (isGone() ? 1 : MAX_UNDERWAY),
    took() {
      failures = 0
    },
    failed(tookMs, askedMs) {
      const isSlow = tookMs >= SLOW_MS
      failures = Math.max(failures + 1, isSlow ? PATIENCE : 0)
      const asked = Math.min(askedMs, LONGEST_ASKED_MS)
      pause(Math.max(asked, pauseAfter(failures)), Math.max(asked, isSlow ? tookMs : 0))
    },
    silent() {
      failures = Math.max(failures, PATIENCE)
      pause(pauseAfter(failures), SLOW_MS)
    },
    hurry() {
      if (performance.now() >= restUntil) [failures, pausedUntil] = [0, 0]
    },
  }
}

/** How long nothing is sent after so many failures in a row, in milliseconds; not the same for everybody who waits. */
function pauseAfter(failures: number): number {
  if (failures < PATIENCE) return 0
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - PATIENCE), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2)
}
