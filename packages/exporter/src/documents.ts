import { type Origin, runKeysOf, type SpanRecord, toRunKey } from '@runspan/results/core'
import { deliver } from './deliver.js'
import { addTo, createOpenRun, isLoose, type OpenRun, toInterrupted } from './open-run.js'
import { createReporter } from './report.js'
import { resolveSinks, type SinkOptions } from './resolve-sinks.js'

/** Options of the exporter and of the processor. */
export interface ResultsOptions extends SinkOptions {
  /** How much memory the records of all runs may take, in bytes; what comes above it is counted and left out. @default 256 MiB */
  maxBytes?: number | undefined
  /** How much of it finished runs may keep for late spans, in bytes. @default 64 MiB */
  maxFinishedBytes?: number | undefined
  /** How long a finished run waits for late spans, in milliseconds. @default 60000 */
  lateMs?: number | undefined
  /** After this time a run that goes on gets its first document, in milliseconds. @default 1000 */
  firstAfterMs?: number | undefined
}

/** What became of records and documents so far. */
export interface DocumentsStatus {
  /** Runs whose records are kept. */
  readonly runs: number
  /** Documents that no sink has yet taken, or not in their last form. */
  readonly waiting: number
  readonly written: number
  /** Records left out because the memory was used up. */
  readonly dropped: number
}

/** Turns records, as they come, into documents that are handed to the sinks. */
export interface Documents {
  /** Takes a record in. Never throws. */
  add(record: SpanRecord): void
  /** Hands over everything that no written document says yet. */
  flush(): Promise<void>
  /** Hands over everything, what has not ended as interrupted; later records are left out. Sinks that need time get none. */
  finish(): void
  /** The same, waits for the sinks, and closes them. */
  close(): Promise<void>
  /** The runs that have not ended, each as `name (running: step, step)`. */
  openRuns(): string[]
  status(): DocumentsStatus
}

const MIB = 1024 * 1024
/** A document that is written again waits this many times what its last writing took. */
const REST = 20
const TICK_MS = 250
const MAX_BACKOFF_MS = 30_000
const MAX_KEYLESS = 10_000

/** Begins to collect records; `origin` is what all documents say of where they come from. */
export function createDocuments(options: ResultsOptions, origin: Origin): Documents {
  const sinks = resolveSinks(options)
  const { maxBytes = 256 * MIB, maxFinishedBytes = 64 * MIB, lateMs = 60_000, firstAfterMs = 1_000 } = options
  const report = createReporter()
  const runs = new Map<string, OpenRun>()
  const keyless = new Map<string, SpanRecord>()
  const counts = { written: 0, dropped: 0, bytes: 0 }
  const underway = new Set<Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const write = (run: OpenRun, now: number): void => {
    run.dirty = false
    run.revision += 1
    const done = deliver(sinks, toDelivery(run, origin), report)
    const settle = (taken: boolean) => {
      const cost = performance.now() - now
      run.failures = taken ? 0 : run.failures + 1
      const rest = taken ? cost * REST : Math.min(TICK_MS * 2 ** run.failures, MAX_BACKOFF_MS)
      run.writeAfter = performance.now() + rest
      if (taken) counts.written += 1
      else run.dirty = true
    }
    if (typeof done === 'boolean') {
      settle(done)
      return
    }
    const settled = done.then(settle).finally(() => underway.delete(settled))
    underway.add(settled)
  }

  const sweep = (): void => {
    const now = performance.now()
    let finished = 0
    for (const run of runs.values()) {
      if (run.dirty && now >= run.writeAfter) write(run, now)
      if (run.endedAt !== undefined) finished += run.bytes
    }
    for (const [key, run] of runs) {
      if (run.endedAt === undefined || run.dirty) continue
      if (now - run.endedAt < lateMs && finished <= maxFinishedBytes) continue
      finished -= run.bytes
      counts.bytes -= run.bytes
      runs.delete(key)
    }
    timer = undefined
    if (runs.size > 0) schedule()
  }
  const schedule = (): void => {
    if (timer !== undefined || closed) return
    timer = setTimeout(sweep, TICK_MS)
    timer.unref()
  }

  const addToRun = (key: string, record: SpanRecord): void => {
    const now = performance.now()
    let run = runs.get(key)
    if (run === undefined) {
      run = createOpenRun(key, now + firstAfterMs)
      runs.set(key, run)
    }
    const wasOver = run.endedAt !== undefined
    counts.bytes += addTo(run, record, now)
    if (run.endedAt !== undefined && run.dirty && (!wasOver || now >= run.writeAfter)) write(run, now)
    schedule()
  }
  const place = (record: SpanRecord): boolean => {
    const keys = runKeysOf(record) ?? keysByParent(runs, record)
    for (const key of keys ?? []) addToRun(key, record)
    if (keys !== undefined && keyless.size > 0) keyless.delete(toRunKey(record))
    return keys !== undefined
  }
  const placeKeyless = (): void => {
    for (const record of keyless.values()) place(record)
  }
  /** Steps that name no run, below spans that are none of ours: each outermost one is a step outside any run. */
  const placeLeftOver = (): void => {
    for (const record of keyless.values()) {
      const parent = toRunKey({ traceId: record.traceId, spanId: record.parentSpanId ?? '' })
      if (!keyless.has(parent)) addToRun(toRunKey(record), record)
    }
    for (let left = -1; left !== keyless.size; placeKeyless()) left = keyless.size
  }
  const writeAll = (): void => {
    placeKeyless()
    const now = performance.now()
    for (const run of runs.values()) if (run.dirty) write(run, now)
  }
  const settleAll = async (): Promise<void> => {
    while (underway.size > 0) await Promise.all(underway)
  }
  const finish = (): void => {
    if (closed) return
    placeKeyless()
    placeLeftOver()
    for (const [key, run] of runs) for (const record of toInterrupted(run)) addToRun(key, record)
    writeAll()
    closed = true
    clearTimeout(timer)
  }

  return {
    add(record) {
      if (closed) return
      if (counts.bytes > maxBytes || keyless.size > MAX_KEYLESS) {
        counts.dropped += 1
        report(`the records of open runs take more than ${maxBytes} bytes; records are left out (maxBytes)`)
        return
      }
      if (!place(record)) keyless.set(toRunKey(record), record)
      else if (keyless.size > 0) placeKeyless()
    },
    flush() {
      writeAll()
      return settleAll()
    },
    finish,
    async close() {
      finish()
      await settleAll()
      for (const sink of sinks) await sink.close?.()
    },
    openRuns: () => [...runs.values()].filter((run) => run.endedAt === undefined).map(describe),
    status: () => ({
      runs: runs.size,
      waiting: [...runs.values()].filter((run) => run.dirty).length,
      written: counts.written,
      dropped: counts.dropped,
    }),
  }
}

function describe(run: OpenRun): string {
  const { run: facts, statuses } = run.fold.document()
  const running = statuses.filter((row) => row.status === 'running' && row.run_id !== '0000').map((row) => row.title)
  return running.length === 0 ? facts.name : `${facts.name} (${running.slice(0, 5).join(', ')})`
}

function toDelivery(run: OpenRun, origin: Origin) {
  const document = run.fold.document({ ...origin, revision: run.revision })
  return { key: run.fold.key, document, final: run.endedAt !== undefined, loose: isLoose(run) }
}

/** Where a step without a key belongs: with its OpenTelemetry parent; undefined while that was not seen. */
function keysByParent(runs: ReadonlyMap<string, OpenRun>, record: SpanRecord): readonly string[] | undefined {
  const { parentSpanId, traceId } = record
  if (parentSpanId === null) return [toRunKey(record)]
  const parent = toRunKey({ traceId, spanId: parentSpanId })
  if (runs.has(parent)) return [parent]
  for (const [key, run] of runs) if (run.fold.has({ traceId, spanId: parentSpanId })) return [key]
  return undefined
}
