/** What a span's status says: OpenTelemetry's three codes, as words. */
export type SpanStatusCode = 'unset' | 'ok' | 'error'

interface OutcomeFacts {
  /** Nothing more is expected to happen. */
  readonly terminal: boolean
  /** Counts as failed in success rates, alerts and health. */
  readonly failure: boolean
  /** The status a span with this outcome carries; `ok` is never ours to set. */
  readonly spanStatus: 'unset' | 'error'
  /** The sign that people see beside the word, with UTF-8 and without. */
  readonly glyph: string
  readonly ascii: string
}

/** Everything that is true of an outcome; the only place that decides what such a word means. */
export const OUTCOMES = {
  queued: { terminal: false, failure: false, spanStatus: 'unset', glyph: '○', ascii: 'WAIT' },
  running: { terminal: false, failure: false, spanStatus: 'unset', glyph: '●', ascii: 'RUN' },
  paused: { terminal: false, failure: false, spanStatus: 'unset', glyph: '‖', ascii: 'PAUSE' },
  success: { terminal: true, failure: false, spanStatus: 'unset', glyph: '✓', ascii: 'ok' },
  failed: { terminal: true, failure: true, spanStatus: 'error', glyph: '✗', ascii: 'FAIL' },
  timed_out: { terminal: true, failure: true, spanStatus: 'error', glyph: '◷', ascii: 'TIME' },
  cancelled: { terminal: true, failure: false, spanStatus: 'unset', glyph: '⊘', ascii: 'CANC' },
  skipped: { terminal: true, failure: false, spanStatus: 'unset', glyph: '»', ascii: 'SKIP' },
  retry: { terminal: true, failure: false, spanStatus: 'error', glyph: '↻', ascii: 'RETRY' },
  interrupted: { terminal: true, failure: true, spanStatus: 'error', glyph: '↯', ascii: 'INTR' },
} as const satisfies Record<string, OutcomeFacts>

/** How a run, step or attempt stands. */
export type Outcome = keyof typeof OUTCOMES

/** Every outcome word, in the order of a life: waiting, working, ended. */
export const OUTCOME_WORDS = /* @__PURE__ */ Object.keys(OUTCOMES) as readonly Outcome[]

const SUCCESS: Outcome = 'success'

/** True for one of the ten outcome words; any other value, of any type, is false. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'string' && Object.hasOwn(OUTCOMES, value)
}

/** True when the word counts as failed: `failed`, `timed_out`, `interrupted`. Unknown words do not. */
export function isFailure(outcome: string): boolean {
  return isOutcome(outcome) && OUTCOMES[outcome].failure
}

/** True for the one word that counts as succeeded: `success`. */
export function isSuccess(outcome: string): boolean {
  return outcome === SUCCESS
}

/** True when nothing more is expected to happen to what has this outcome. */
export function isTerminal(outcome: string): boolean {
  return isOutcome(outcome) && OUTCOMES[outcome].terminal
}

/** True when it ended, and in any other way than success: failed, but also cancelled or skipped. */
export function isUnsuccessful(outcome: string): boolean {
  return isTerminal(outcome) && !isSuccess(outcome)
}

/** The span status that goes with an outcome. */
export function toSpanStatus(outcome: Outcome): 'unset' | 'error' {
  return OUTCOMES[outcome].spanStatus
}

/** The outcome of an ended span that names none itself, as one written by plain OpenTelemetry does. */
export function fromSpanStatus(status: SpanStatusCode): Outcome {
  return status === 'error' ? 'failed' : SUCCESS
}
