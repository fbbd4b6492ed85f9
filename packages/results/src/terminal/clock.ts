/**
 * Writes an ISO time as people read it, with its offset: `20 Nov 11:03:10 +01:00`.
 *
 * @throws RangeError when `timeZone` is no zone that Intl knows. Without one, the zone of the machine is used.
 */
export function formatClock(iso: string, timeZone?: string): string {
  const time = Date.parse(iso)
  if (Number.isNaN(time)) return '-'
  const parts = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
    timeZoneName: 'longOffset',
  }).formatToParts(time)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? ''
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00'
  return `${part('day')} ${part('month').slice(0, 3)} ${part('hour')}:${part('minute')}:${part('second')} ${offset}`
}
