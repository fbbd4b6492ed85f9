import { ATTR, kindOf, runKeysOf, type SpanRecord, toRunKey } from '@runspan/results/core'
import { hasEnded } from './interrupt.js'
import { createKeyless } from './keyless.js'
import type { Memory } from './let-go.js'
import type { OpenRun } from './open-run.js'
import { leaveOut, openRun, type Shelf, takeInto } from './shelf.js'
import type { Writer } from './write-runs.js'

/** Finds the runs that records belong to. */
export interface Placing {
  /** Takes a record in; `now` is `performance.now()`. */
  place(record: SpanRecord, now: number): void
  /** Steps that name no run, below spans that are none of ours: each outermost one is a step outside any run. */
  placeLeftOver(): void
  /** Those steps, as long as nothing around them is known. */
  waiting(): readonly SpanRecord[]
  /** To be called now and then: what came late is handed over. */
  settleLate(): void
}

const MAX_KEYLESS = 10_000

/** Begins to place the records of a shelf. */
export function createPlacing(shelf: Shelf, writer: Writer, memory: Memory, schedule: () => void): Placing {
  const { runs, counts, keeper } = shelf
  const { maxBytes } = shelf.limits
  const keyless = createKeyless()
  /** Forgotten runs that something late was written down for. */
  const late = new Set<string>()

  /** A step of a run that is kept: nearly every record is one. */
  const placeStep = (run: OpenRun, record: SpanRecord, now: number): void => {
    const known = run.records.known(record)
    if (counts.bytes > maxBytes && known === undefined && !isEndOf(run, record)) {
      refuse()
      return
    }
    const wasOver = run.endedAt !== undefined
    if (!takeInto(shelf, run, record, now, known)) return
    // First the journal: when the process dies while the document is written, nothing is lost.
    if (run.joined) keeper?.appendJoined(run.key, record)
    else keeper?.append(record, run.ownedFromStart && !wasOver ? known : undefined)
    if (isDue(run, wasOver, now)) writer.write(run)
  }
  const refuse = () =>
    leaveOut(shelf, 1, `the records of open runs take more than ${maxBytes} bytes; records are left out (maxBytes)`)
  const placeAny = (record: SpanRecord, now: number): boolean => {
    const keys = runKeysOf(record) ?? keysByParent(runs, record)
    if (keys === undefined) return false
    const own = toRunKey(record)
    // The end of a run and of what is held is what makes room again.
    const makesRoom = hasEnded(record) && keys.includes(own)
    if (counts.bytes > maxBytes && !makesRoom && !keys.some((key) => runs.get(key)?.records.known(record))) {
      refuse()
      return true
    }
    let owned = false
    const written: OpenRun[] = []
    for (const key of keys) {
      if (memory.isForgotten(key)) {
        takeLate(key, record)
        continue
      }
      const run = runOf(key, own, now)
      const wasOver = run.endedAt !== undefined
      if (!takeInto(shelf, run, record, now)) continue
      if (run.joined) keeper?.appendJoined(key, record)
      else owned = true
      if (isDue(run, wasOver, now)) written.push(run)
    }
    if (owned) keeper?.append(record)
    for (const run of written) writer.write(run)
    return true
  }
  const runOf = (key: string, own: string, now: number): OpenRun => {
    const known = runs.get(key)
    if (known !== undefined) return known
    schedule()
    return openRun(shelf, key, keeper !== undefined && key !== own, now)
  }
  /** What comes for a run after its records were forgotten; its document is completed from the journal later. */
  const takeLate = (key: string, record: SpanRecord): void => {
    if (keeper === undefined) {
      leaveOut(shelf, 1, 'spans that came after their run was forgotten are left out (lateMs)')
      return
    }
    keeper.appendJoined(key, record)
    late.add(key)
    schedule()
  }
  const placeOrPutAside = (record: SpanRecord, now: number): void => {
    if (placeAny(record, now)) placeBelow(record, now)
    else if (keyless.size() < MAX_KEYLESS) {
      keyless.add(record)
      keeper?.append(record)
    } else leaveOut(shelf, 1, `more than ${MAX_KEYLESS} steps name no run and have no parent yet; more are left out`)
  }
  const placeBelow = (record: SpanRecord, now: number): void => {
    if (keyless.size() === 0) return
    for (const child of keyless.takeBelow(toRunKey(record))) placeOrPutAside(child, now)
  }
  return {
    place(record, now) {
      const key = record.attributes[ATTR.runKey]
      const run = typeof key === 'string' && isBelowRun(record) ? runs.get(key) : undefined
      if (run === undefined) return placeOrPutAside(record, now)
      placeStep(run, record, now)
      placeBelow(record, now)
    },
    placeLeftOver() {
      for (const record of keyless.outermost()) placeOrPutAside({ ...record, parentSpanId: null }, performance.now())
    },
    waiting: () => keyless.all(),
    settleLate() {
      for (const key of late) keeper?.finishJoined(key)
      late.clear()
    },
  }
}

function isDue(run: OpenRun, wasOver: boolean, now: number): boolean {
  return run.endedAt !== undefined && (!wasOver || now >= run.writeAfter)
}

function isEndOf({ key }: OpenRun, record: SpanRecord): boolean {
  return hasEnded(record) && toRunKey(record) === key
}

function isBelowRun(record: SpanRecord): boolean {
  const kind = kindOf(record)
  return kind === 'step' || kind === 'attempt'
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
