import type { AttributeValue, Span } from '@opentelemetry/api'
import { report } from './report.js'

/**
 * What the spans of OpenTelemetry's SDK for JavaScript, 2.x and 3.x, look like inside. `setAttribute` checks and cuts
 * each value again, which costs more than all the rest; the values written here are checked already.
 */
interface SdkSpan {
  readonly attributes?: unknown
  readonly _attributesCount?: unknown
  readonly _ended?: unknown
  readonly _spanLimits?: { readonly attributeCountLimit?: unknown; readonly attributeValueLengthLimit?: unknown }
}

/** Room for every attribute of ours below the SDK's own default limit of 128. */
const ROOM = 32

let known: unknown
let unlimited = false

/**
 * The object in which a span keeps its attributes, to write into it, never to replace it: others wrote there too.
 * Undefined when the span is of another make, has limits of its own, is nearly full or over; then `setAttribute` is used.
 */
export function ownAttributes(span: Span): Record<string, AttributeValue> | undefined {
  const { _spanLimits: limits, _attributesCount: count, _ended: ended, attributes } = span as unknown as SdkSpan
  if (limits === undefined || typeof count !== 'number' || ended !== false) return undefined
  if (limits !== known) {
    known = limits
    unlimited = isDefault(limits.attributeCountLimit, 128) && isDefault(limits.attributeValueLengthLimit, undefined)
  }
  if (!unlimited || count > 128 - ROOM || typeof attributes !== 'object' || attributes === null) return undefined
  return attributes as Record<string, AttributeValue>
}

function isDefault(limit: unknown, byDefault: number | undefined): boolean {
  return limit === byDefault || limit === undefined || limit === Number.POSITIVE_INFINITY
}

/** Sets an attribute that has been checked and is of moderate length. Never throws. */
export function write(
  { own, span }: { readonly own: Record<string, AttributeValue> | undefined; readonly span: Span },
  name: string,
  value: AttributeValue,
): void {
  try {
    if (own === undefined) span.setAttribute(name, value)
    else own[name] = value
  } catch (error) {
    report('an attribute could not be set', error)
  }
}

/** True when somebody else has ended the span: then even its attributes object is not ours to write in. */
export function isOver(span: Span): boolean {
  return (span as unknown as SdkSpan)._ended !== false
}
