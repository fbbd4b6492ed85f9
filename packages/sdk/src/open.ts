import type { AttributeValue, Context, Span } from '@opentelemetry/api'
import type { Group } from './group.js'
import type { Target } from './target.js'

/** A run, step or attempt whose span is open. */
export interface Open {
  readonly kind: 'run' | 'step' | 'attempt'
  readonly target: Target
  readonly span: Span
  readonly spanId: string
  /** A span that somebody sees: neither switched off nor without a provider. */
  readonly active: boolean
  readonly recording: boolean
  /** Where the code inside runs. */
  inner: Context
  readonly group: Group
  /** The run, step or attempt around it; for the first call of a process none. */
  readonly owner: Open | undefined
  /** Numbers and words of its own that its attempts repeat. */
  ordinal: number | undefined
  mode: string | undefined
  /** Where to write attributes directly; see `late.ts`. */
  own: Record<string, AttributeValue> | undefined
  /** True when contexts of ours were carried around it, as those inside it then will be. */
  carried: boolean
  signal: AbortSignal | undefined
  /** `performance.now()`, where the span itself will not tell how long it took; else NaN. */
  readonly startedAt: number
  /** Under which name metrics know its workflow. */
  metricName: string | undefined
  /** Which try this is, from 1. */
  attempt: number
  seq: number
  settled: boolean
  skipReason: string | undefined
  warnings: string[] | undefined
  handle: unknown
}
