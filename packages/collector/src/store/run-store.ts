import type { Outcome, SpanRecord } from '@runspan/results/core'

/** One line of the list of runs. */
export interface RunSummary {
  /** `<trace id>-<span id>`: unique. */
  key: string
  /** The run's own name; null while its root span has not come. */
  run_id: string | null
  workflow: string
  version: string | null
  outcome: Outcome
  /** ISO 8601 with nanoseconds, UTC; of the earliest span while the root has not come. */
  started_at: string
  ended_at: string | null
  duration_ms: number | null
  /** Null while a run that has just changed waits to be counted. */
  steps: { known: number; finished: number; failed: number; retries: number } | null
  /** The first line of the first failure, at the innermost step. */
  error: string | null
}

/** Which runs a list shall have. */
export interface RunQuery {
  limit: number
  /** Only runs that stand after this place, as an earlier page's `next` gave it. */
  before?: { start: string; key: string } | undefined
  workflow?: string | undefined
  outcome?: Outcome | undefined
  /** Runs of exactly this run id, those inside other runs too. */
  run?: string | undefined
  /** Runs whose run id or key begins so, those inside other runs too. */
  q?: string | undefined
}

export interface RunPage {
  runs: RunSummary[]
  /** Where the next page begins; null at the end. */
  next: { start: string; key: string } | null
}

/** What became of the records of one request. */
export interface Appended {
  /** Records that were not there before. */
  added: number
  /** Records that were there already, equal in every respect. */
  repeated: number
  /** Records of a span that has been reported in too many different ways already. */
  dropped: number
}

/** What is stored of one run. */
export interface StoredRun {
  /** The records of the run, and those without a run key that may prove to be its. */
  records: SpanRecord[]
  /** How often the run has changed. */
  revision: number
}

/** Where a collector keeps records. One test suite holds for every implementation. */
export interface RunStore {
  /** A short text for people: which store this is. */
  readonly name: string
  /**
   * Keeps records; resolves when they are safe on disk, and not before. All or none of them are kept.
   *
   * @throws CollectorError `store_unavailable` when that is not possible now.
   */
  append(records: readonly SpanRecord[]): Promise<Appended>
  /** Everything about one run, or one step outside any run, by its key; undefined when nothing is known of it. */
  read(key: string): Promise<StoredRun | undefined>
  /** Runs, the newest start first. */
  list(query: RunQuery): Promise<RunPage>
  /** Throws when nothing can be stored now. */
  check(): Promise<void>
  close(): Promise<void>
}

/** How many different versions of one span's news are kept. */
export const MAX_VERSIONS = 16
