const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Writes a duration, given in milliseconds, in the two greatest units that matter: `0 ms`, `0.4 ms`, `12 ms`, `1.42 s`,
 * `2 m 05 s`, `3 h 07 m`, `2 d 04 h`. It is rounded to what is shown. Null (not known yet) and what is no number: `-`.
 */
export function formatDuration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '-'
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms === 0) return '0 ms'
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < MINUTE - 5) return `${(ms / SECOND).toFixed(2)} s`
  if (ms < HOUR - SECOND / 2) return inUnits(ms, SECOND, 60, 'm', 's')
  if (ms < DAY - MINUTE / 2) return inUnits(ms, MINUTE, 60, 'h', 'm')
  return inUnits(ms, HOUR, 24, 'd', 'h')
}

function inUnits(ms: number, small: number, perGreat: number, great: string, little: string): string {
  const count = Math.round(ms / small)
  return `${Math.floor(count / perGreat)} ${great} ${String(count % perGreat).padStart(2, '0')} ${little}`
}
