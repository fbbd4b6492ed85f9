const UTC = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/

/** Milliseconds from one ISO 8601 time to another, exact to the nanosecond; NaN when one of them is no time. */
export function msBetween(from: string, to: string): number {
  const [a, b] = [split(from), split(to)]
  return b.ms - a.ms + (b.nanos - a.nanos) / 1e6
}

/** Orders two ISO 8601 times in UTC, whatever number of digits each has. */
export function compareInstants(a: string, b: string): number {
  if (a.length === b.length) return a < b ? -1 : a > b ? 1 : 0
  return -msBetween(a, b)
}

/** Milliseconds with three decimals: what a person reads, free of the noise of sums. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

function split(iso: string): { ms: number; nanos: number } {
  const match = UTC.exec(iso)
  if (match === null) return { ms: Date.parse(iso), nanos: 0 }
  return { ms: Date.parse(`${match[1]}Z`), nanos: Number((match[2] ?? '').padEnd(9, '0')) }
}
