import { quote } from './results-error.js'

/** What a variable that turns something on or off says. */
export interface Switch {
  readonly on: boolean
  /** The line for the user when it says neither, else undefined. */
  readonly warning: string | undefined
}

const OURS = ['true', '1', 'false', '0']

/** OpenTelemetry takes no number: whatever is not `true` counts as false, and what is neither is to be said. */
const STANDARD = ['true', 'false']

/**
 * Reads a variable that is on or off, in any case and with spaces around it. An empty one counts as not set; what is
 * neither on nor off is taken as not set too, but for the standard's own, which then are off.
 */
export function readSwitch(name: string, value: string | undefined, otherwise = false): Switch {
  const word = value?.trim().toLowerCase() ?? ''
  if (word === '') return { on: otherwise, warning: undefined }
  const isStandard = name.startsWith('OTEL_')
  const words = isStandard ? STANDARD : OURS
  if (words.includes(word)) return { on: word === 'true' || word === '1', warning: undefined }
  const on = isStandard ? false : otherwise
  return { on, warning: `${name} is ${quote(value)}; give ${switchWords(name)}. Using ${on}.` }
}

/** What such a variable may say, in words. */
export function switchWords(name: string): string {
  const words = name.startsWith('OTEL_') ? STANDARD : OURS
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
