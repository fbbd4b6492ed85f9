import {
  type DetailedDocument,
  type Origin,
  runKeysOf,
  type SpanRecord,
  toOrdinalId,
  toRunKey,
} from '@runspan/results/core'
import { hasEnded, toInterrupted } from './interrupt.js'
import type { Entry } from './journal/journal.js'
import { createKeeper } from './journal/keeper.js'
import { ENDED, phaseOf, toRecordText } from './journal/record-text.js'
import { recoverInto } from './journal/recover.js'
import { createKeyless } from './keyless.js'
import { aborted, type Lane, messageOf } from './lane.js'
import { addTo, createOpenRun, isLoose, type OpenRun } from './open-run.js'
import { createReporter } from './report.js'
import { resolveLanes } from './resolve-lanes.js'
import type { DocumentsStatus, ResultsOptions } from './results-options.js'
import type { Delivery } from './sink.js'

/** Turns records, as they come, into documents that are handed to the sinks. */
export interface Documents {
  /** Takes a record in. Never throws. */
  add(record: SpanRecord): void
  /** Counts a span that no record could be made of. */
  refuse(error: unknown): void
  /** Hands over everything that no written document says yet; waits for the sinks, within the deadline. */
  flush(): Promise<void>
  /** Hands over everything, what has not ended as interrupted; later records are left out. Sinks that need time get none. */
  finish(): void
  /** The same, waits for the sinks, within the deadline, and closes them. */
  close(): Promise<void>
  /** The runs that have not ended, each as `name (running: step, step)`. */
  openRuns(): string[]
  /** Where a run's document was last written. */
  pathOf(key: string): string | undefined
  status(): DocumentsStatus
}

const MIB = 1024 * 1024
/** A document that is written again waits this many times what its last writing took. */
const REST = 20
const TICK_MS = 250
const JOINED_MS = 1_000
const MAX_BACKOFF_MS = 5_000
const MAX_KEYLESS = 10_000
const MAX_DELIVERED = 10_000

/**
 * Begins to collect records; `origin` is what all documents say of where they come from.
 *
 * @param live starts are seen too: then a run whose root was not seen is another process's, and a journal is kept.
 */
export function createDocuments(options: ResultsOptions, origin: Origin, live: boolean): Documents {
  const { maxBytes = 256 * MIB, maxFinishedBytes = 64 * MIB, lateMs = 60_000 } = options
  const { firstAfterMs = 1_000, deadlineMs = 5_000 } = options
  const report = createReporter()
  const { lanes, files, release } = resolveLanes(options, report)
  const runs = new Map<string, OpenRun>()
  const keyless = createKeyless()
  /** Runs that are over and forgotten: what comes for them is late, and no run of its own. */
  const delivered = new Set<string>()
  /** The ones of them that something late was written down for. */
  const late = new Set<string>()
  let unfiled = false
  const counts = { written: 0, dropped: 0, bytes: 0, recovered: 0 }
  let timer: NodeJS.Timeout | undefined
  let joinedAt = 0
  let closed = false

  function* journalled(): Iterable<Entry> {
    for (const run of runs.values()) {
      if (run.joined) continue
      const written = run.endedAt !== undefined && run.owed.length === 0
      for (const text of written && run.root ? [toRecordText(run.root)] : run.records.texts())
        yield { kind: 'record', text }
      if (written) yield { kind: 'written', key: run.key, revision: run.revision }
    }
  }
  const keeper = live && files ? createKeeper(files.folder, journalled, report) : undefined

  const isFiles = ({ name }: Lane) => name === files?.name
  const leaveOut = (count: number, why: string) => {
    counts.dropped += count
    report(why)
  }

  const offer = (run: OpenRun, delivery: Delivery) => {
    run.owed = run.owed.filter((lane) => !lane.offer(delivery))
  }
  const write = (run: OpenRun): void => {
    if (run.joined) {
      run.owed = []
      return
    }
    const began = performance.now()
    try {
      foldJoined(run)
      if (run.root === undefined || run.orphan) {
        // Who owns the run tells the others; what is said here could contradict it.
        run.owed = run.owed.filter(isFiles)
        if (run.owed.length === 0) return
      }
      run.revision += 1
      const document = withSampled(run.records.document({ ...origin, revision: run.revision }))
      offer(run, { key: run.key, document, final: run.endedAt !== undefined, loose: isLoose(run) })
    } catch (error) {
      report(`the document of run ${run.key} could not be made: ${messageOf(error)}`)
    }
    const now = performance.now()
    const taken = run.owed.length === 0
    run.failures = taken ? 0 : run.failures + 1
    run.writeAfter = now + (taken ? (now - began) * REST : Math.min(TICK_MS * 2 ** run.failures, MAX_BACKOFF_MS))
    if (!taken) return
    counts.written += 1
    if (run.endedAt === undefined) return
    keeper?.written(run.key, run.revision)
    if (run.heardOf) attempt(() => keeper?.settleJoined(run.key))
  }
  const attempt = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      report(`what other processes have left in '${files?.folder}' could not be read: ${messageOf(error)}`)
    }
  }
  /** What other processes did for this run. */
  const foldJoined = (run: OpenRun): void => {
    attempt(() => {
      const records = keeper?.joinedRecords(run.key) ?? []
      if (records.length > 0) run.heardOf = true
      for (const record of records) take(run, record, undefined, performance.now())
    })
  }
  const take = (run: OpenRun, record: SpanRecord, text: string | undefined, now: number): boolean => {
    const more = addTo(run, record, text, now)
    if (more === undefined) return false
    counts.bytes += more
    run.owed = lanes
    return true
  }

  const sweep = (): void => {
    timer = undefined
    const now = performance.now()
    if (keeper !== undefined && now >= joinedAt) {
      joinedAt = now + JOINED_MS
      attempt(() => {
        for (const key of keeper.joinedKeys()) {
          const run = runs.get(key)
          if (run !== undefined && !run.joined) foldJoined(run)
        }
      })
    }
    let finished = 0
    for (const run of runs.values()) {
      if (run.owed.length > 0 && now >= run.writeAfter) write(run)
      if (run.endedAt !== undefined) finished += run.bytes
    }
    // What is in a document goes first: what is owed to a sink is let go only when there is no other room to make.
    for (const owing of [false, true]) {
      for (const run of runs.values()) {
        if (run.owed.length > 0 !== owing || (owing && run.endedAt === undefined)) continue
        const full = finished > maxFinishedBytes || counts.bytes > maxBytes
        if (!mayGo(run, now, live, lateMs, full)) continue
        if (run.endedAt !== undefined) finished -= run.bytes
        letGo(run)
      }
    }
    for (const key of late) keeper?.finishJoined(key)
    late.clear()
    keeper?.tick(now)
    if (runs.size > 0) schedule()
  }
  const letGo = (run: OpenRun): void => {
    counts.bytes -= run.bytes
    runs.delete(run.key)
    if (run.joined) keeper?.finishJoined(run.key)
    if (run.endedAt !== undefined) remember(run.key)
    else if (run.root === undefined) countOrphan(run)
    if (run.owed.length === 0) return
    unfiled ||= run.owed.some(isFiles)
    for (const { name } of run.owed) leaveOut(1, `documents that '${name}' did not take in time are left out (lateMs)`)
  }
  /** Without files nobody is told what was done for a run that is owned elsewhere. */
  const countOrphan = (run: OpenRun): void => {
    if (run.joined || files !== undefined) return
    leaveOut([...run.records.texts()].length, 'steps of runs whose root was not seen here are left out; name a folder')
  }
  const remember = (key: string): void => {
    delivered.add(key)
    const oldest = delivered.size > MAX_DELIVERED ? delivered.values().next().value : undefined
    if (oldest !== undefined) delivered.delete(oldest)
  }
  /** What comes for a run after its records were forgotten; its document is completed from the journal later. */
  const takeLate = (key: string, text: string): void => {
    if (keeper === undefined) {
      leaveOut(1, 'spans that came after their run was forgotten are left out (lateMs)')
      return
    }
    keeper.appendJoined(key, text)
    late.add(key)
    schedule()
  }
  const schedule = (): void => {
    if (timer !== undefined || closed) return
    timer = setTimeout(sweep, TICK_MS)
    timer.unref()
  }

  const runOf = (key: string, own: string, now: number): OpenRun => {
    let run = runs.get(key)
    if (run === undefined) {
      run = createOpenRun(key, keeper !== undefined && key !== own, now, now + firstAfterMs)
      runs.set(key, run)
      schedule()
    }
    return run
  }
  const place = (record: SpanRecord): boolean => {
    const keys = runKeysOf(record) ?? keysByParent(runs, record)
    if (keys === undefined) return false
    const text = toRecordText(record)
    const own = toRunKey(record)
    // The end of a run and of what is held is what makes room again.
    const makesRoom = hasEnded(record) && keys.includes(own)
    if (counts.bytes > maxBytes && !makesRoom && !keys.some((key) => runs.get(key)?.records.holds(record))) {
      leaveOut(1, `the records of open runs take more than ${maxBytes} bytes; records are left out (maxBytes)`)
      return true
    }
    const now = performance.now()
    let owned = false
    const due: OpenRun[] = []
    for (const key of keys) {
      if (delivered.has(key) && !runs.has(key)) {
        takeLate(key, text)
        continue
      }
      const run = runOf(key, own, now)
      const wasOver = run.endedAt !== undefined
      if (!take(run, record, text, now)) continue
      if (run.joined) keeper?.appendJoined(key, text)
      else owned = true
      if (run.endedAt !== undefined && (!wasOver || now >= run.writeAfter)) due.push(run)
    }
    // First the journal: when the process dies while the document is written, nothing is lost.
    if (owned) keeper?.append(text)
    for (const run of due) write(run)
    for (const child of keyless.takeBelow(own)) if (!place(child)) putAside(child)
    return true
  }
  const putAside = (record: SpanRecord): void => {
    if (keyless.size() < MAX_KEYLESS) keyless.add(record)
    else leaveOut(1, `more than ${MAX_KEYLESS} steps name no run and have no parent yet; more of them are left out`)
  }
  /** Steps that name no run, below spans that are none of ours: each outermost one is a step outside any run. */
  const placeLeftOver = (): void => {
    for (const record of keyless.outermost()) place({ ...record, parentSpanId: null })
  }
  const hasOwner = (run: OpenRun) => run.root !== undefined || run.joined
  const writeAll = (): void => {
    for (const run of runs.values()) if (run.owed.length > 0) write(run)
  }
  const finish = (): void => {
    if (closed) return
    closed = true
    clearTimeout(timer)
    placeLeftOver()
    for (const run of runs.values()) {
      foldJoined(run)
      run.orphan = !hasOwner(run)
      if (run.orphan) countOrphan(run)
      for (const record of toInterrupted(run.key, run.records.records(), !run.orphan)) {
        const text = toRecordText(record)
        take(run, record, text, performance.now())
        if (run.joined) keeper?.appendJoined(run.key, text)
        else keeper?.append(text)
      }
      run.endedAt ??= performance.now()
    }
    writeAll()
    // A journal is all that is left of a document that no file could take.
    if (!unfiled && ![...runs.values()].some((run) => run.owed.some(isFiles))) keeper?.close()
    pickUp()
    release()
  }
  /** What dead processes have left becomes documents. */
  const pickUp = (): void => {
    if (keeper === undefined || files === undefined) return
    try {
      const sink = {
        write(delivery: Delivery, orphan: boolean) {
          for (const lane of orphan ? lanes.filter(isFiles) : lanes) offerOnce(lane, delivery)
        },
      }
      counts.recovered += recoverInto(files.folder, sink, () => null).runs.length
    } catch (error) {
      report(`what dead processes have left in '${files.folder}' could not be made documents of: ${messageOf(error)}`)
    }
  }
  const offerOnce = (lane: Lane, delivery: Delivery): void => {
    if (!lane.offer(delivery) && isFiles(lane))
      throw new Error('the document could not be written; it is tried again at the next start')
  }
  const drain = async (): Promise<void> => {
    const stop = new AbortController()
    const late = setTimeout(() => stop.abort(), deadlineMs)
    await Promise.race([Promise.all(lanes.map((lane) => lane.drain(stop.signal))), aborted(stop.signal)])
    clearTimeout(late)
  }

  const refuse = (error: unknown): void => {
    counts.dropped += 1
    report(`a span could not be taken in: ${messageOf(error)}`)
  }

  pickUp()
  return {
    add(record) {
      if (closed) return
      try {
        if (!place(record)) putAside(record)
      } catch (error) {
        refuse(error)
      }
    },
    refuse,
    flush() {
      writeAll()
      return drain()
    },
    finish,
    async close() {
      finish()
      await drain()
      for (const lane of lanes) await lane.close()
    },
    openRuns: () => [...runs.values()].filter((run) => run.endedAt === undefined && !run.joined).map(describe),
    pathOf: (key) => files?.pathOf(key),
    status: () => ({
      runs: runs.size,
      waiting: sum([...runs.values()].map((run) => Math.min(run.owed.length, 1))) + sum(lanes.map(waitingOf)),
      written: counts.written,
      dropped: counts.dropped + sum(lanes.map((lane) => lane.counts().dropped)),
      unjournalled: keeper?.lost() ?? 0,
      recovered: counts.recovered,
    }),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function waitingOf(lane: Lane): number {
  return lane.counts().waiting
}

/** Whether a run's records may be forgotten: nothing more is expected of it, or there is no more room to wait. */
function mayGo(run: OpenRun, now: number, live: boolean, lateMs: number, full: boolean): boolean {
  if (run.endedAt !== undefined) return full || now - run.endedAt >= lateMs
  if (run.joined) return run.bytes === 0
  // Who sees starts and has not seen the root's works for a run of another process, and only now and then.
  return live && run.root === undefined && now - run.heardAt >= lateMs && !hasOpenSpan(run)
}

function hasOpenSpan(run: OpenRun): boolean {
  for (const text of run.records.texts()) if (phaseOf(text) !== ENDED) return true
  return false
}

/** Every step that the run counted was seen, or not; nobody can tell before it ended. */
function withSampled(document: DetailedDocument): DetailedDocument {
  const { provenance, run } = document
  if (run.ended_at !== null) provenance.sampled ??= provenance.dropped === 0
  return document
}

function describe(run: OpenRun): string {
  const { run: facts, statuses } = run.records.document()
  const running = statuses
    .filter((row) => row.status === 'running' && row.run_id !== toOrdinalId(0))
    .map((row) => row.title)
  return running.length === 0 ? facts.name : `${facts.name} (${running.slice(0, 5).join(', ')})`
}

/** Where a step without a key belongs: with its OpenTelemetry parent; undefined while that was not seen. */
function keysByParent(runs: ReadonlyMap<string, OpenRun>, record: SpanRecord): readonly string[] | undefined {
  const { parentSpanId, traceId } = record
  if (parentSpanId === null) return [toRunKey(record)]
  const parent = toRunKey({ traceId, spanId: parentSpanId })
  if (runs.has(parent)) return [parent]
  for (const [key, run] of runs) if (key.startsWith(traceId) && run.records.has(parentSpanId)) return [key]
  return undefined
}
