import { ATTR } from '../core/attributes.js'
import { runKeysOf } from '../core/fold.js'
import { compareNanos, toDurationMs } from '../core/nanos.js'
import { isTerminal } from '../core/outcome.js'
import { kindOf, numberOf, parseRunKey, type SpanRecord, textOf, toRunKey, winner } from '../core/record.js'
import { nameOf, rowId, titleOf } from '../core/rows.js'
import { type TreeNode, toNode } from '../core/tree.js'
import { PIPELINE_STATUS } from '../words/pipeline.js'
import { toWord } from '../words/vocabulary.js'
import { createExecution, type ExecutionState } from './execution.js'
import type { Ledger, StatusChange } from './ledger.js'
import { startOf, toError, tookOf, toSlimRecord, toTaskState, toWarnings } from './task-record.js'

/** The most runs whose own record is still to come; the oldest is given up for a new one. */
export const MAX_WAITING_RUNS = 1000

/** Turns the records of runs into executions, by the same rules as the fold. */
export interface RecordFeed {
  /** Takes a record in; false when it changed nothing. */
  add(record: SpanRecord): boolean
  /** The execution of a run key. */
  find(runKey: string): ExecutionState | undefined
  /** Lets go of an execution that is no longer kept. */
  forget(state: ExecutionState): void
  /** How many runs were given up before their own record came. */
  readonly dropped: number
}

interface Run {
  readonly key: string
  readonly spans: Map<string, SpanRecord>
  readonly taskIds: Map<string, string>
  state: ExecutionState | null
}

/** Begins a feed. `isTaken` tells whether an execution has that id already; `era` is the statistics' present one. */
export function createRecordFeed(ledger: Ledger, isTaken: (id: string) => boolean, era: () => number): RecordFeed {
  const shown = new Map<string, Run>()
  const waiting = new Map<string, Run>()
  const loose = new Set<string>()
  let dropped = 0

  const open = (key: string): Run => ({ key, spans: new Map(), taskIds: new Map(), state: null })
  const wait = (key: string): Run => {
    const run = open(key)
    waiting.set(key, run)
    for (const oldest of waiting.keys()) {
      if (waiting.size <= MAX_WAITING_RUNS) break
      waiting.delete(oldest)
      dropped += 1
    }
    return run
  }
  const ignore = (key: string): void => {
    waiting.delete(key)
    loose.add(key)
    for (const oldest of loose) {
      if (loose.size <= MAX_WAITING_RUNS) break
      loose.delete(oldest)
    }
  }
  const add = (key: string, record: SpanRecord): boolean => {
    if (loose.has(key)) return false
    const node = readNode(record)
    if (node === undefined) return false
    const spanKey = toRunKey(record)
    // A step outside any run is no execution; the steps below it carry its key.
    if (spanKey === key && node.kind === 'step') {
      ignore(key)
      return false
    }
    const run = shown.get(key) ?? waiting.get(key) ?? (spanKey === key ? open(key) : wait(key))
    const known = run.spans.get(spanKey)
    const won = known === undefined ? record : winner(known, record)
    if (won === known) return false
    run.spans.set(spanKey, won)
    if (spanKey !== key) {
      if (run.state !== null) applyTask(run, run.state, node)
    } else if (run.state !== null) void ledger.setStatus(run.state, copyFacts(run, run.state, node))
    else show(run, node)
    return true
  }
  const show = (run: Run, root: TreeNode): void => {
    const id = textOf(root.record, ATTR.runId) ?? run.key
    const state = createExecution({
      id: isTaken(id) ? run.key : id,
      runKey: run.key,
      nested: isNested(root.record),
      pipeline: { id: nameOf(root.record), name: titleOf(root.record) },
      context: {},
      startedAt: startOf(root.record),
      era: era(),
    })
    waiting.delete(run.key)
    shown.set(run.key, run)
    run.state = state
    Object.assign(state, copyFacts(run, state, root))
    void ledger.open(state)
    for (const [spanKey, record] of run.spans) {
      const node = spanKey === run.key ? undefined : readNode(record)
      if (node !== undefined) applyTask(run, state, node)
    }
  }
  const applyTask = (run: Run, state: ExecutionState, node: TreeNode): void => {
    const taskId = taskIdOf(run, state, node)
    void ledger.setTask(state, taskId, toTaskState(node, taskId))
  }
  return {
    add(record) {
      const slim = toSlimRecord(record)
      let changed = false
      for (const key of runKeysOf(record) ?? []) changed = add(key, slim) || changed
      return changed
    },
    find: (runKey) => shown.get(runKey)?.state ?? undefined,
    forget(state) {
      if (state.runKey !== null) shown.delete(state.runKey)
    },
    get dropped() {
      return dropped
    },
  }
}

/** What a record alone says of its span; undefined for an attempt, which is its step's affair. */
function readNode(record: SpanRecord): TreeNode | undefined {
  const kind = kindOf(record)
  return kind === undefined || kind === 'attempt' ? undefined : toNode(record, kind)
}

/** Takes over what the run's own record says, and gives the status that it means. */
function copyFacts(run: Run, state: ExecutionState, root: TreeNode): StatusChange {
  const { record, outcome } = root
  state.pipeline = Object.freeze({ id: nameOf(record), name: titleOf(record) })
  state.startedAt = startOf(record)
  state.reported = numberOf(record, ATTR.progress) ?? null
  state.runError = toError(root, null)
  state.runWarnings = toWarnings(record, null)
  return {
    status: toWord(PIPELINE_STATUS, outcome),
    tookMs: isTerminal(outcome) ? (tookOf(record) ?? tookAtLeast(run, record)) : null,
  }
}

/** A run that died has no end: it took at least until the last time that one of its spans tells. */
function tookAtLeast(run: Run, root: SpanRecord): number {
  let last = root.start
  for (const { start, end } of run.spans.values()) {
    const time = end ?? start
    if (compareNanos(time, last) > 0) last = time
  }
  return toDurationMs(root.start, last)
}

function isNested(record: SpanRecord): boolean {
  const key = textOf(record, ATTR.runKey)
  return parseRunKey(key) !== undefined && key !== toRunKey(record)
}

/** The `run_id` of the task's row; a task whose id is taken, as in a loop, goes by its span. */
function taskIdOf(run: Run, state: ExecutionState, node: TreeNode): string {
  const spanKey = toRunKey(node.record)
  const known = run.taskIds.get(spanKey)
  if (known !== undefined) return known
  const ids = [rowId(node), `s${node.record.spanId}`, spanKey]
  const id = ids.find((candidate) => !state.tasks.has(candidate)) ?? spanKey
  run.taskIds.set(spanKey, id)
  return id
}
