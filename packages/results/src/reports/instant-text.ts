/** A time as people read it, in UTC: `2025-11-20 12:03:11 UTC`; `–` when not known. */
export function formatInstant(iso: string | null): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso ?? '')
  return match === null ? '–' : `${match[1]} ${match[2]} UTC`
}
