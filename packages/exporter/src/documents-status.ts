import { toOrdinalId } from '@runspan/results/core'
import { isOwing, type OpenRun } from './open-run.js'
import type { DocumentsStatus } from './results-options.js'
import type { Shelf } from './shelf.js'

/** What became of records and documents so far. */
export function statusOf({ runs, lanes, fileLane, counts, keeper }: Shelf): DocumentsStatus {
  // What waits for its file is owed by its run already.
  const waitingIn = lanes.filter((lane) => lane !== fileLane).map((lane) => lane.counts().waiting)
  return {
    runs: runs.size,
    waiting: [...runs.values()].filter(isOwing).length + sum(waitingIn),
    written: counts.written,
    dropped: counts.dropped + (keeper?.dropped() ?? 0) + sum(lanes.map((lane) => lane.counts().dropped)),
    unjournalled: keeper?.lost() ?? 0,
    recovered: counts.recovered,
  }
}

/** The runs that have not ended, each as `name (running: step, step)`. */
export function openRunsOf({ runs }: Shelf): string[] {
  return [...runs.values()].filter((run) => run.endedAt === undefined && !run.joined).map(describe)
}

const MAX_STEPS = 5

function describe(run: OpenRun): string {
  const { run: facts, statuses } = run.records.document()
  const running = statuses
    .filter((row) => row.status === 'running' && row.run_id !== toOrdinalId(0))
    .map((row) => row.title)
  return running.length === 0 ? facts.name : `${facts.name} (${running.slice(0, MAX_STEPS).join(', ')})`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
