import type { Outcome } from './outcome.js'

/** A JSON value, as `JSON.parse` gives it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** One row of a document, with the keys and their order that other programs rely on. */
export interface StatusRow {
  run_id: string
  title: string
  status: string
  mode: string
  error_code: number | null
  error_message: string | null
  target: string | null
  stacktrace: string | null
}

/** The document in its plain form. */
export interface ResultsDocument {
  statuses: StatusRow[]
}

/** Why a run, step or attempt did not succeed. */
export interface DocumentError {
  /** `error.type`: of low cardinality. */
  type: string | null
  code: number | null
  /** `E001` to `E007`. */
  category: string | null
  message: string | null
  stacktrace: string | null
}

/** One try of a step that may be tried more than once. */
export interface AttemptNode {
  span_id: string
  /** From 1. */
  attempt: number | null
  outcome: Outcome
  reason: string | null
  /** ISO 8601 with nanoseconds, UTC. */
  started_at: string
  ended_at: string | null
  duration_ms: number | null
  error: DocumentError | null
}

/** A step, or a run inside the run, in the tree of a detailed document. */
export interface StepNode {
  span_id: string
  run_id: string
  /** `run` for a run inside the run: its steps are in a document of its own. */
  kind: 'step' | 'run'
  name: string
  title: string
  outcome: Outcome
  reason: string | null
  mode: string
  target: string | null
  tags: Json
  ordinal: number | null
  /** In which attempt of the parent step it ran; null when that has no attempts. */
  in_attempt: number | null
  /** 0 to 1, as last reported. */
  progress: number | null
  started_at: string
  ended_at: string | null
  duration_ms: number | null
  inputs: Json
  outputs: Json
  warnings: Json[]
  error: DocumentError | null
  attempts: AttemptNode[]
  steps: StepNode[]
}

/** What a detailed document says of the run itself. */
export interface RunFacts {
  /** `<trace id>-<span id>`: unique. */
  key: string
  /** The run's own name: a UUIDv7 unless the caller gave one; null while the root span is unknown. */
  id: string | null
  name: string
  title: string
  version: string | null
  outcome: Outcome
  reason: string | null
  mode: string
  target: string | null
  tags: Json
  progress: number | null
  /** ISO 8601 with nanoseconds, UTC; null while the root span is unknown. */
  started_at: string | null
  ended_at: string | null
  duration_ms: number | null
  trace_id: string
  /** The run and span around this one; null for an outermost run. */
  parent: { run_key: string; span_id: string | null } | null
  inputs: Json
  outputs: Json
  warnings: Json[]
  error: DocumentError | null
}

/** How a document came to be: the only part that may differ between two roads. */
export interface Provenance {
  road: 'process' | 'otlp' | null
  /** 1 for the first document of a run, more with each one that replaced it. */
  revision: number
  /** True when it was rebuilt from the journal of a process that died. */
  recovered: boolean
  /** False when only a part of the run's spans was to be seen; null when that is not known. */
  sampled: boolean | null
  /** Steps that the run counted but nobody saw. */
  dropped: number
  /** Spans that were reported ended in more than one way. */
  contradictions: number
}

/** The version of the detailed form: readers accept any `runspan.document/1`, whatever keys are added. */
export const DOCUMENT_SCHEMA = 'runspan.document/1'

/** The document with everything that is known; it still is a valid {@link ResultsDocument}. */
export interface DetailedDocument extends ResultsDocument {
  schema: typeof DOCUMENT_SCHEMA
  run: RunFacts
  steps: StepNode[]
  provenance: Provenance
}
