import { refuseOption } from './sdk-error.js'

/** Milliseconds, or text such as `'250ms'`, `'30s'`, `'5m'`, `'2h'`, `'1d'`, or ISO 8601 (`'PT30S'`). */
export type Duration = number | string

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SHORT = /^([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d)$/
const ISO = /^P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?$/

/** The longest time that a timer of Node can wait, 24.8 days in milliseconds. */
export const MAX_DELAY_MS = 2 ** 31 - 1

/** Reads a duration as milliseconds; `option` names it in the error. */
export function parseDuration(value: unknown, option: string): number {
  const ms = typeof value === 'string' ? parseText(value.trim()) : value
  if (typeof ms === 'number' && ms >= 0 && ms <= MAX_DELAY_MS) return ms
  return refuseOption(
    option,
    value,
    `milliseconds (0 to ${MAX_DELAY_MS}) or text such as '250ms', '30s', '5m', 'PT30S'`,
  )
}

function parseText(text: string): number | undefined {
  const short = SHORT.exec(text)
  if (short) return Number(short[1]) * UNIT_MS[short[2] as keyof typeof UNIT_MS]
  const iso = ISO.exec(text)
  if (!iso || !/[0-9]/.test(text)) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = iso.slice(1).map((part) => Number(part ?? 0))
  return days * UNIT_MS.d + hours * UNIT_MS.h + minutes * UNIT_MS.m + seconds * UNIT_MS.s
}
