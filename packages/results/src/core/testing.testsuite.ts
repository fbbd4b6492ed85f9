import { ATTR } from './attributes.js'
import type { SpanRecord } from './record.js'

export const TRACE = 'a'.repeat(32)

/** 16 hex digits for a small number. */
export const span = (n: number) => (n + 1).toString(16).padStart(16, '0')

/** The key of the run whose root is span `n`. */
export const key = (n: number, traceId = TRACE) => `${traceId}-${span(n)}`

interface Given extends Partial<Omit<SpanRecord, 'attributes'>> {
  attributes?: Record<string, string | number | boolean>
}

/** An ended step of the run whose root is span 0, unless said otherwise. */
export function step(n: number, given: Given = {}): SpanRecord {
  const { attributes, ...rest } = given
  return {
    phase: 'ended',
    seq: 0,
    traceId: TRACE,
    spanId: span(n),
    parentSpanId: span(0),
    name: `step ${n}`,
    start: String(1_700_000_000_000_000_000n + BigInt(n) * 1_000_000n),
    end: String(1_700_000_000_000_000_000n + BigInt(n) * 1_000_000n + 500_000n),
    status: 'unset',
    ...rest,
    attributes: {
      [ATTR.kind]: 'step',
      [ATTR.runKey]: key(0),
      [ATTR.parentId]: span(0),
      [ATTR.ordinal]: n,
      [ATTR.name]: `step ${n}`,
      ...(rest.phase === undefined || rest.phase === 'ended' ? { [ATTR.outcome]: 'success' } : {}),
      ...attributes,
    },
  }
}

/** The root of a run, span 0 unless said otherwise. */
export function run(given: Given = {}, n = 0): SpanRecord {
  const { attributes, ...rest } = given
  const made = step(n, { parentSpanId: null, name: 'etl', ...rest })
  const { [ATTR.parentId]: _, [ATTR.ordinal]: __, ...kept } = made.attributes
  return {
    ...made,
    attributes: {
      ...kept,
      [ATTR.kind]: 'run',
      [ATTR.runKey]: key(n, made.traceId),
      [ATTR.runId]: `run-${n}`,
      [ATTR.name]: 'etl',
      ...attributes,
    },
  }
}

/** One try of the step that is span `of`. */
export function attempt(n: number, of: number, count: number, outcome: string, given: Given = {}): SpanRecord {
  const { attributes, ...rest } = given
  return step(n, {
    parentSpanId: span(of),
    ...rest,
    attributes: {
      [ATTR.kind]: 'attempt',
      [ATTR.parentId]: span(of),
      [ATTR.ordinal]: of,
      [ATTR.attempt]: count,
      [ATTR.outcome]: outcome,
      ...attributes,
    },
  })
}

/** What a failed span carries. */
export function failure(message: string, stack = `Error: ${message}\n    at f`, code = 500) {
  return {
    [ATTR.outcome]: 'failed',
    [ATTR.errorCode]: code,
    [ATTR.errorType]: 'Error',
    [ATTR.exceptionMessage]: message,
    [ATTR.exceptionStacktrace]: stack,
  }
}
