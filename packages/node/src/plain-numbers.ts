import type { Attributes } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'

/**
 * The span with numbers that JSON or OTLP cannot hold, NaN and integers beyond 64 bits, as text: a Collector refuses
 * the whole request for one. They come from spans that are not ours.
 */
export function withPlainNumbers(span: ReadableSpan): ReadableSpan {
  const { attributes, events } = span
  if (!hasOdd(attributes) && !events.some((event) => hasOdd(event.attributes))) return span
  return Object.create(span, {
    attributes: { value: asText(attributes) },
    events: { value: events.map((event) => ({ ...event, attributes: asText(event.attributes) })) },
  })
}

const isOdd = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(isOdd)
    : typeof value === 'number' && (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) >= 2 ** 63))

const hasOdd = (attributes: Attributes = {}) => Object.values(attributes).some(isOdd)

function asText(attributes: Attributes = {}): Attributes {
  const plain: Attributes = {}
  for (const [name, value] of Object.entries(attributes)) {
    plain[name] = isOdd(value) ? (Array.isArray(value) ? value.map(String) : String(value)) : value
  }
  return plain
}
