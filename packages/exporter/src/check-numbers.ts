import { quote } from '@runspan/results/core'
import { ExporterError } from './exporter-error.js'

/** The longest time a timer of Node can wait, in milliseconds; a longer one ends at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** @throws ExporterError `invalid_option` for one of these options that is given and is no number in its range. */
export function checkNumbers(
  options: Readonly<Record<string, unknown>>,
  least: number,
  most = Number.POSITIVE_INFINITY,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || (typeof value === 'number' && value >= least && value <= most)) continue
    const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`
    throw new ExporterError('invalid_option', `${name} is ${quote(value)}; give a number, ${range}.`)
  }
}
