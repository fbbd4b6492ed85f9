/** Orders two decimal nanosecond strings in time. */
export function compareNanos(a: string, b: string): number {
  if (a === b) return 0
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : 1
}

let lastSecond = ''
let lastSecondIso = ''

/** Nanoseconds since 1970, as ISO 8601 in UTC with all nine digits: nothing that was sent is rounded away. */
export function toIso(nanos: string): string {
  const digits = nanos.padStart(10, '0')
  const second = digits.slice(0, -9)
  // The times of a run lie close together: most are in the second of the one before.
  if (second !== lastSecond) {
    lastSecondIso = new Date(Number(second) * 1000).toISOString().slice(0, -5)
    lastSecond = second
  }
  return `${lastSecondIso}.${digits.slice(-9)}Z`
}

/** Milliseconds between two decimal nanosecond strings; 0 when the clock went backwards. */
export function toDurationMs(start: string, end: string): number {
  const nanos = toNanosBetween(start, end)
  return nanos > 0 ? nanos / 1e6 : 0
}

/** Exact up to 2^53, 104 days; the common beginning of both times, which no number could hold, is left out. */
function toNanosBetween(start: string, end: string): number {
  const shared = start.length - EXACT_DIGITS
  if (start.length === end.length && (shared <= 0 || end.startsWith(start.slice(0, shared)))) {
    return Number(end.slice(Math.max(0, shared))) - Number(start.slice(Math.max(0, shared)))
  }
  return Number(BigInt(end) - BigInt(start))
}

/** So many decimal digits are always exact in a number. */
const EXACT_DIGITS = 15

/** OpenTelemetry's `[seconds, nanoseconds]` as a decimal nanosecond string; null for a time that is none. */
export function fromHrTime(time: readonly [number, number]): string | null {
  const [seconds, nanos] = time
  if (!Number.isSafeInteger(seconds) || !Number.isSafeInteger(nanos) || seconds < 0 || nanos < 0) return null
  return nanos < 1e9 && seconds > 0
    ? `${seconds}${String(nanos).padStart(9, '0')}`
    : String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))
}
