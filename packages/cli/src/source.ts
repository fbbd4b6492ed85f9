import type { RunSummary } from '@runspan/collector'
import type { ResultsDocument } from '@runspan/results'

/** A document, and its text as it is kept. */
export interface FoundRun {
  readonly document: ResultsDocument
  readonly text: string
}

/** Where runs are looked for. */
export interface RunSource {
  /** Names the source in messages. */
  readonly name: string
  /** The latest runs, the newest first. @throws CliError `unreachable` */
  list(limit: number): Promise<RunSummary[]>
  /** The run of that id or key, or the one whose id or key begins so; all of them where it is not the only one. */
  find(id: string): Promise<FoundRun | readonly RunSummary[]>
}
