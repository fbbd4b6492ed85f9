import type { Origin, SpanRecord } from '@runspan/results/core'
import { atExit } from './at-exit.js'
import { openRunsOf, statusOf } from './documents-status.js'
import { interruptRun } from './end-runs.js'
import { createKeeper } from './journal/keeper.js'
import { SILENCE_MS } from './journal/owner.js'
import { createMemory } from './let-go.js'
import { liveEntries } from './live-entries.js'
import { messageOf } from './message-of.js'
import { isOwing, type OpenRun } from './open-run.js'
import { pickUp } from './pick-up.js'
import { createPlacing } from './place-records.js'
import { createReporter } from './report.js'
import { resolveLanes } from './resolve-lanes.js'
import { type DocumentsStatus, type ResultsOptions, resolveLimits } from './results-options.js'
import { leaveOut, type Shelf } from './shelf.js'
import { within } from './within.js'
import { createWriter, type Writer } from './write-runs.js'

/** Turns records, as they come, into documents that are handed to the sinks. */
export interface Documents {
  /** Takes a record in, at `performance.now()`. Never throws. */
  add(record: SpanRecord, now: number): void
  /** Counts a span that no record could be made of. */
  refuse(error: unknown): void
  /** Hands over everything that no written document says yet; waits for the sinks, within the deadline. */
  flush(): Promise<void>
  /** Resolves when every document that was made stands in its file, or could not; undefined when that is so already. */
  filed(): Promise<void> | undefined
  /** Hands over everything, what has not ended as interrupted; later records are left out. Sinks that need time get none. */
  finish(): void
  /** The same, waits for the sinks, within the deadline, and closes them, once. */
  close(): Promise<void>
  /** The runs that have not ended, each as `name (running: step, step)`. */
  openRuns(): string[]
  /** Where a run's document was last written. */
  pathOf(key: string): string | undefined
  status(): DocumentsStatus
}

const TICK_MS = 250
const JOINED_MS = 1_000
/** So much of its deadline a shutdown gives to writing beside the program; then it writes what is left at once. */
const PATIENCE = 0.6
/** A sink that took all the time for its documents is given so much more to close. */
const MIN_CLOSE_MS = 100
const FORGOTTEN_AWAIT = 'still running when shutdown() was called; is an await missing?'
const PROCESS_ENDED = 'the process ended while this was running'

/**
 * Begins to collect records; `origin` is what all documents say of where they come from.
 *
 * @param live starts are seen too: then a run whose root was not seen is another process's, and a journal is kept.
 */
export function createDocuments(options: ResultsOptions, origin: Origin, live: boolean): Documents {
  const limits = resolveLimits(options)
  const { deadlineMs } = limits
  const report = createReporter()
  const { release, ...sinks } = resolveLanes(options, (delivery, stands) => writer.settled(delivery, stands), report)
  const { lanes, files, fileLane, faults } = sinks
  const runs = new Map<string, OpenRun>()
  const keeper =
    live && files && faults
      ? createKeeper(files.folder, () => liveEntries(shelf, placing), report, faults.journal)
      : undefined
  const counts = { written: 0, dropped: 0, bytes: 0, recovered: 0 }
  const shelf: Shelf = {
    ...sinks,
    origin,
    live,
    limits,
    keeper,
    runs,
    due: new Set(),
    givenUp: new Set(),
    counts,
    report,
  }
  const writer: Writer = createWriter(shelf)
  const memory = createMemory(shelf)
  const schedule = (): void => {
    if (timer !== undefined || closed) return
    timer = setTimeout(sweep, TICK_MS)
    timer.unref()
  }
  const placing = createPlacing(shelf, writer, memory, schedule)
  let timer: NodeJS.Timeout | undefined
  let joinedAt = 0
  let closed = false

  const sweep = (): void => {
    timer = undefined
    const now = performance.now()
    if (keeper !== undefined && now >= joinedAt) {
      joinedAt = now + JOINED_MS
      writer.foldAllJoined()
    }
    writer.writeDue(now)
    memory.sweep(now)
    placing.settleLate()
    keeper?.tick(now)
    if (runs.size > 0) schedule()
  }
  /** There is no later: what is on its way to its file might not get there any more. */
  const writeEnded = (): void => {
    fileLane?.hurry()
    for (const run of runs.values()) {
      if (run.endedAt !== undefined && isOwing(run)) writer.write(run)
    }
  }
  const stopWaiting = atExit(writeEnded)
  const finish = (reason: string): void => {
    if (closed) return
    closed = true
    clearTimeout(timer)
    clearTimeout(again)
    placing.placeLeftOver()
    for (const run of runs.values()) {
      writer.foldJoined(run)
      if (run.root === undefined) memory.countOrphan(run)
      interruptRun(shelf, run, reason, performance.now())
    }
    writeEnded()
    stopWaiting()
    // A journal is all that is left of a document that no file could take.
    keeper?.close(memory.unfiled() || [...runs.values()].some((run) => run.owed.some((lane) => lane === fileLane)))
    pickUp(shelf)
    release()
  }
  const drain = (ms: number) => within(ms, (stop) => Promise.all(lanes.map((lane) => lane.drain(stop))))
  /** Hands over as often as lanes that had no room take more; after the end it only waits for them. */
  const flush = async (which: 'all' | 'ended', ms: number): Promise<void> => {
    const until = performance.now() + ms
    for (let before = -1; counts.written > before && performance.now() < until; ) {
      before = counts.written
      if (!closed) writer.writeAll(which)
      await drain(until - performance.now())
      if (closed || shelf.due.size === 0) return
    }
  }
  const isFiling = () => fileLane !== undefined && fileLane.counts().waiting > 0
  const close = async (): Promise<void> => {
    const until = performance.now() + deadlineMs
    // Many documents at a time are written in less time than one after another.
    if (!closed && isFiling()) await flush('ended', deadlineMs * PATIENCE)
    finish(FORGOTTEN_AWAIT)
    await drain(until - performance.now())
    await within(Math.max(until - performance.now(), MIN_CLOSE_MS), () =>
      Promise.all(lanes.map((lane) => lane.close())),
    )
  }
  let closing: Promise<void> | undefined
  const refuse = (error: unknown): void => {
    counts.dropped += 1
    report(`a span could not be taken in: ${messageOf(error)}`)
  }

  pickUp(shelf)
  // Of another machine or container nobody can tell at the start that it has just died; its silence tells later.
  const again = keeper && setTimeout(() => pickUp(shelf), SILENCE_MS + JOINED_MS).unref()
  return {
    add(record, now) {
      if (closed) return leaveOut(shelf, 1, 'spans that ended after the shutdown are left out')
      try {
        placing.place(record, now)
      } catch (error) {
        refuse(error)
      }
    },
    refuse,
    filed: () => (isFiling() ? within(deadlineMs, async (stop) => fileLane?.drain(stop)) : undefined),
    flush: () => closing ?? flush('all', deadlineMs),
    finish: () => finish(PROCESS_ENDED),
    close() {
      closing ??= close()
      return closing
    },
    openRuns: () => openRunsOf(shelf),
    pathOf: (key) => files?.pathOf(key),
    status: () => statusOf(shelf),
  }
}
