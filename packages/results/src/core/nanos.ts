/** Orders two decimal nanosecond strings in time. */
export function compareNanos(a: string, b: string): number {
  if (a === b) return 0
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : 1
}

/** The last seconds that were asked for and their texts, by the last digit: the times of a run lie close together. */
const seconds: string[] = []
const isoSeconds: string[] = []

/** Nanoseconds since 1970, as ISO 8601 in UTC with all nine digits: nothing that was sent is rounded away. */
export function toIso(nanos: string): string {
  const digits = nanos.padStart(10, '0')
  const second = digits.slice(0, -9)
  const slot = second.charCodeAt(second.length - 1) & 15
  if (second !== seconds[slot]) {
    isoSeconds[slot] = new Date(Number(second) * 1000).toISOString().slice(0, -5)
    seconds[slot] = second
  }
  return `${isoSeconds[slot]}.${digits.slice(-9)}Z`
}

/** Milliseconds between two decimal nanosecond strings; 0 when the clock went backwards. */
export function toDurationMs(start: string, end: string): number {
  const nanos = toNanosBetween(start, end)
  return nanos > 0 ? nanos / 1e6 : 0
}

/** Exact up to 2^53, 104 days; digit by digit, because the times themselves fit into no number. */
function toNanosBetween(start: string, end: string): number {
  if (start.length === end.length) {
    let nanos = 0
    for (let i = 0; i < end.length; i += 1) nanos = nanos * 10 + end.charCodeAt(i) - start.charCodeAt(i)
    if (Number.isSafeInteger(nanos)) return nanos
  }
  return Number(BigInt(end) - BigInt(start))
}

/** OpenTelemetry's `[seconds, nanoseconds]` as a decimal nanosecond string; null for a time that is none. */
export function fromHrTime(time: readonly [number, number]): string | null {
  const [seconds, nanos] = time
  if (!Number.isSafeInteger(seconds) || !Number.isSafeInteger(nanos) || seconds < 0 || nanos < 0) return null
  return nanos < 1e9 && seconds > 0
    ? `${seconds}${String(nanos).padStart(9, '0')}`
    : String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))
}
