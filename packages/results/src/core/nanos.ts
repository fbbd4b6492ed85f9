/** Orders two decimal nanosecond strings in time. */
export function compareNanos(a: string, b: string): number {
  if (a === b) return 0
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : 1
}

/** Nanoseconds since 1970, as ISO 8601 in UTC with all nine digits: nothing that was sent is rounded away. */
export function toIso(nanos: string): string {
  const digits = nanos.padStart(10, '0')
  const seconds = new Date(Number(digits.slice(0, -9)) * 1000).toISOString().slice(0, -5)
  return `${seconds}.${digits.slice(-9)}Z`
}

/** Milliseconds between two decimal nanosecond strings; 0 when the clock went backwards. */
export function toDurationMs(start: string, end: string): number {
  const nanos = BigInt(end) - BigInt(start)
  return nanos > 0n ? Number(nanos) / 1e6 : 0
}

/** OpenTelemetry's `[seconds, nanoseconds]` as a decimal nanosecond string; null for a time that is none. */
export function fromHrTime(time: readonly [number, number]): string | null {
  const [seconds, nanos] = time
  if (!Number.isSafeInteger(seconds) || !Number.isSafeInteger(nanos) || seconds < 0 || nanos < 0) return null
  return nanos < 1e9 && seconds > 0
    ? `${seconds}${String(nanos).padStart(9, '0')}`
    : String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos))
}
