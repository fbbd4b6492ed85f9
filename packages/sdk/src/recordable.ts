import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { isRecordedAttribute, isSecretKey, quote, REDACTED, redactText } from '@runspan/results/core'
import { report } from './report.js'

const MAX_TEXT = 16_384

/**
 * Adds the user's own attributes, without what a span cannot carry, what is ours to say, and what is secret. What is
 * left out is reported. May throw for an object that cannot be read.
 */
export function addRecordable(to: Attributes, given: unknown, name: string): Attributes {
  if (typeof given !== 'object' || given === null) return to
  for (const key of Object.keys(given)) {
    const value: unknown = (given as Record<string, unknown>)[key]
    if (value === undefined || value === null) continue
    if (key === '' || isRecordedAttribute(key) || key in to) {
      report(`attribute ${quote(key)} of '${name}' is Runspan's own; it was left out`)
      continue
    }
    const recorded = isSecretKey(key) ? REDACTED : toValue(value)
    if (recorded !== undefined) to[key] = recorded
    else {
      report(
        `attribute ${quote(key)} of '${name}' is ${quote(value)}; give a text, a finite number, a boolean or a list of one of them`,
      )
    }
  }
  return to
}

function toValue(value: unknown): AttributeValue | undefined {
  if (typeof value === 'string') return redactText(value, MAX_TEXT)
  if (typeof value === 'number') return isSendable(value) ? value : undefined
  if (typeof value === 'boolean') return value
  if (!Array.isArray(value)) return undefined
  const [first] = value
  const kind = typeof first
  if (!['string', 'number', 'boolean', 'undefined'].includes(kind)) return undefined
  if (!value.every((item) => typeof item === kind && (kind !== 'number' || isSendable(item)))) return undefined
  return kind === 'string' ? value.map((item: string) => redactText(item, MAX_TEXT)) : [...value]
}

/** OTLP writes a whole number as an int64; beyond that, and for NaN, a Collector refuses the whole batch. */
function isSendable(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Math.abs(value) < 2 ** 63)
}
