import { interruptRun } from './end-runs.js'
import { hasEnded } from './interrupt.js'
import { isOwing, type OpenRun } from './open-run.js'
import { leaveOut, type Shelf } from './shelf.js'

/** Runs whose records were let go are remembered by their keys, so many of them. */
const MAX_FORGOTTEN = 10_000
/** A run whose root never comes is given up when nothing was heard of it for so long. */
const ROOTLESS_MS = 24 * 60 * 60_000
const FILING_MS = 60_000
const GIVEN_UP = 'nothing more was heard of this run'

/** Lets records go that nothing more is expected of, or that there is no more room for. */
export interface Memory {
  /** Looks through all runs. */
  sweep(now: number): void
  /** True for a run that is over and was let go: what comes for it is late, and no run of its own. */
  isForgotten(key: string): boolean
  /** Counts the records of a run that nobody is told of. */
  countOrphan(run: OpenRun): void
  /** A run was let go before its document stood in a file; only the journal has it. */
  unfiled(): boolean
}

/** Begins to look after the memory of a shelf. */
export function createMemory(shelf: Shelf): Memory {
  const { runs, due, counts, keeper, files, fileLane, givenUp, limits } = shelf
  const forgotten = new Set<string>()
  let unfiled = false

  const letGo = (run: OpenRun): void => {
    counts.bytes -= run.bytes
    runs.delete(run.key)
    due.delete(run)
    if (run.joined) keeper?.finishJoined(run.key)
    if (run.orphan) remember(givenUp, run.key)
    else if (run.endedAt !== undefined) remember(forgotten, run.key)
    else if (run.root === undefined) countOrphan(run)
    if (!isOwing(run)) return
    unfiled ||= run.filing > 0 || run.owed.some((lane) => lane === fileLane)
    for (const { name } of run.owed) {
      leaveOut(shelf, 1, `documents that '${name}' did not take in time are left out (lateMs)`)
    }
  }
  /** Without files nobody is told what was done for a run that is owned elsewhere. */
  const countOrphan = (run: OpenRun): void => {
    if (run.joined || files !== undefined) return
    leaveOut(shelf, run.records.size(), 'steps of runs whose root was not seen here are left out; name a folder')
  }
  const isFull = () => counts.bytes > limits.maxBytes
  /** A run whose root never came: its document says so, where there are files; then it is let go like any other. */
  const giveUp = (run: OpenRun, now: number): void => {
    if (run.joined || files === undefined) letGo(run)
    else {
      interruptRun(shelf, run, GIVEN_UP, now)
      run.writeAfter = now
      shelf.report('runs whose root was not seen are given up after a day of silence, or when the memory is full')
    }
  }
  const giveUpRootless = (now: number): void => {
    const rootless = [...runs.values()].filter((run) => run.root === undefined && run.endedAt === undefined)
    if (rootless.length === 0) return
    rootless.sort((a, b) => a.heardAt - b.heardAt)
    let bytes = counts.bytes
    for (const run of rootless) {
      if (now - run.heardAt < ROOTLESS_MS && bytes <= limits.maxBytes) return
      bytes -= run.bytes
      giveUp(run, now)
    }
  }
  return {
    countOrphan,
    isForgotten: (key) => forgotten.has(key) && !runs.has(key),
    unfiled: () => unfiled,
    sweep(now) {
      let finished = 0
      for (const run of runs.values()) if (run.endedAt !== undefined) finished += run.bytes
      // What is in a document goes first: what is owed to a sink is let go only when there is no other room to make.
      for (const owing of [false, true]) {
        for (const run of runs.values()) {
          if (isOwing(run) !== owing || (owing && run.endedAt === undefined)) continue
          const full = finished > limits.maxFinishedBytes || isFull()
          if (!mayGo(shelf, run, now, full)) continue
          if (run.endedAt !== undefined) finished -= run.bytes
          letGo(run)
        }
      }
      giveUpRootless(now)
    },
  }
}

/** The oldest of too many is forgotten first. */
function remember(keys: Set<string>, key: string): void {
  keys.add(key)
  const oldest = keys.size > MAX_FORGOTTEN ? keys.values().next().value : undefined
  if (oldest !== undefined) keys.delete(oldest)
}

/** Whether a run's records may be forgotten: nothing more is expected of it, or there is no more room to wait. */
function mayGo({ live, limits }: Shelf, run: OpenRun, now: number, full: boolean): boolean {
  // A disk that does not answer holds up what is on its way there, but not for ever.
  if (run.filing > 0 && now - run.heardAt < FILING_MS) return false
  if (run.endedAt !== undefined) return full || now - run.endedAt >= limits.lateMs
  if (run.joined) return run.bytes === 0
  // Who sees starts and has not seen the root's works for a run of another process, and only now and then.
  return live && run.root === undefined && now - run.heardAt >= limits.lateMs && !hasOpenSpan(run)
}

function hasOpenSpan(run: OpenRun): boolean {
  for (const record of run.records.records()) if (!hasEnded(record)) return true
  return false
}
