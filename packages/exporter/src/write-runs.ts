import type { DetailedDocument } from '@runspan/results/core'
import { copyDelivery } from './copy-delivery.js'
import type { Lane } from './lane.js'
import { messageOf } from './message-of.js'
import { isLoose, isOwing, type OpenRun } from './open-run.js'
import { type Shelf, takeInto } from './shelf.js'
import type { Delivery } from './sink.js'

/** Makes documents of runs and hands them to the lanes. */
export interface Writer {
  /** Hands over what is known of a run by now. */
  write(run: OpenRun): void
  /** The same for every run whose time has come. */
  writeDue(now: number): void
  /** The same for every run, or for those that have ended. */
  writeAll(which: 'all' | 'ended'): void
  /** Takes in what other processes did for a run. */
  foldJoined(run: OpenRun): void
  /** The same for every run that is owned here. */
  foldAllJoined(): void
  /** Hears whether a document stands in its file. */
  settled(delivery: Delivery, stands: boolean): void
}

/** A document that is written again waits this many times what its last writing took; so do all of running runs together. */
const REST = 20
/** So much of its time may be spent at once on documents of running runs, in milliseconds. */
const MOST_CREDIT_MS = 25
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** Begins to write the runs of a shelf. */
export function createWriter(shelf: Shelf): Writer {
  const { runs, due, counts, keeper, fileLane, faults, report } = shelf
  let credit = MOST_CREDIT_MS
  let creditAt = performance.now()

  const write = (run: OpenRun): void => {
    due.delete(run)
    if (run.joined || shelf.lanes.length === 0) {
      run.owed = []
      return
    }
    const began = performance.now()
    try {
      foldJoined(run)
      if (run.root === undefined || run.orphan) {
        // Who owns the run tells the others; what is said here could contradict it.
        run.owed = run.owed.filter((lane) => lane === fileLane)
        if (run.owed.length === 0) return
      }
      run.revision += 1
      const document = withSampled(run.records.document({ ...shelf.origin, revision: run.revision }))
      const delivery = { key: run.key, document, final: run.endedAt !== undefined, loose: isLoose(run) }
      // What one sink does to its document is seen by no other.
      const last = run.owed.at(-1)
      run.owed = run.owed.filter((lane) => !offer(run, lane, lane === last ? delivery : copyDelivery(delivery)))
    } catch (error) {
      report(`the document of run ${run.key} could not be made: ${messageOf(error)}`)
    }
    const now = performance.now()
    if (run.owed.length > 0) putOff(run, now)
    else {
      run.failures = 0
      run.writeAfter = now + (now - began) * REST
      if (run.filing === 0) standsWritten(run)
    }
  }
  const offer = (run: OpenRun, lane: Lane, delivery: Delivery): boolean => {
    if (lane !== fileLane) return lane.offer(delivery)
    run.filing = run.revision
    const taken = lane.offer(delivery)
    if (!taken) run.filing = 0
    return taken
  }
  const putOff = (run: OpenRun, now: number): void => {
    run.failures += 1
    run.writeAfter = now + Math.min(FIRST_PAUSE_MS * 2 ** run.failures, LONGEST_PAUSE_MS)
    due.add(run)
  }
  const standsWritten = (run: OpenRun): void => {
    counts.written += 1
    if (run.endedAt === undefined) return
    keeper?.written(run.key, run.revision)
    if (run.heardOf) attempt(() => keeper?.settleJoined(run.key))
  }
  const attempt = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      faults?.others(error)
    }
  }
  const foldJoined = (run: OpenRun): void => {
    attempt(() => {
      const records = keeper?.joinedRecords(run.key) ?? []
      if (records.length > 0) run.heardOf = true
      for (const record of records) takeInto(shelf, run, record, performance.now())
    })
  }
  return {
    write,
    foldJoined,
    foldAllJoined() {
      attempt(() => {
        for (const key of keeper?.joinedKeys() ?? []) {
          const run = runs.get(key)
          if (run !== undefined && !run.joined) foldJoined(run)
        }
      })
    },
    writeDue(now) {
      credit = Math.min(credit + (now - creditAt) / REST, MOST_CREDIT_MS)
      creditAt = now
      for (const run of [...due]) {
        if (now < run.writeAfter) continue
        if (run.endedAt === undefined && (credit <= 0 || run.filing > 0)) continue
        const began = performance.now()
        write(run)
        if (run.endedAt === undefined) credit -= performance.now() - began
      }
    },
    writeAll(which) {
      for (const run of [...due]) if (which === 'all' || run.endedAt !== undefined) write(run)
    },
    settled({ key, document }, stands) {
      const run = runs.get(key)
      if (run === undefined || run.filing !== document.provenance.revision) return
      run.filing = 0
      if (!stands) {
        if (fileLane !== undefined && !run.owed.includes(fileLane)) run.owed = [...run.owed, fileLane]
        putOff(run, performance.now())
      } else {
        notePlace(shelf, run)
        if (!isOwing(run)) standsWritten(run)
      }
    },
  }
}

/** A plain document does not say whose it is: so the journal does, for whoever recovers the run. */
function notePlace({ keeper, files }: Shelf, run: OpenRun): void {
  if (keeper === undefined || files === undefined || files.detail || run.noted || run.endedAt !== undefined) return
  const path = files.pathOf(run.key)
  if (path === undefined) return
  run.noted = true
  keeper.placed(run.key, path)
}

/** Every step that the run counted was seen, or not; nobody can tell before it ended. */
function withSampled(document: DetailedDocument): DetailedDocument {
  const { provenance, run } = document
  if (run.ended_at !== null) provenance.sampled ??= provenance.dropped === 0
  return document
}
