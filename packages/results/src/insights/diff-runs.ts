import type { DetailedDocument, DocumentError, Json, RunFacts, StepNode } from '../core/document.js'
import type { Outcome } from '../core/outcome.js'
import { quote, ResultsError } from '../core/results-error.js'
import { diffJson, type JsonDiff } from './diff-json.js'
import { roundMs } from './instant.js'
import { pairSteps, type StepPair } from './pair-steps.js'

/** From when on a step counts as slower or faster, and how much to list. */
export interface DiffOptions {
  /**
   * By which part of the shorter duration the longer one must exceed it: 0.2 is 20 %.
   * @default 0.2
   */
  slowerBy?: number
  /**
   * By how many milliseconds it must exceed it, too.
   * @default 100
   */
  slowerByMs?: number
  /**
   * The most changes of one step's inputs, or outputs, that are listed.
   * @default 20
   */
  maxChanges?: number
}

/** How a step, or a run, stood in one of the two runs. */
export interface DiffSide {
  outcome: Outcome
  duration_ms: number | null
  /** How many times it was tried; 1 for what has no attempts. */
  attempts: number
  error: Pick<DocumentError, 'type' | 'code' | 'category' | 'message'> | null
}

/** What differs between two that were paired; null (or false) for what does not. */
export interface DiffChanges {
  outcome: boolean
  attempts: boolean
  error: boolean
  /** Beyond the threshold. */
  speed: 'slower' | 'faster' | null
  /** The second less the first; null unless both are known. */
  delta_ms: number | null
  inputs: JsonDiff | null
  outputs: JsonDiff | null
}

/** A step that is not the same in both runs. */
export interface StepDiff {
  kind: 'added' | 'removed' | 'changed'
  /** The names from the outermost step down to this one. */
  path: string[]
  /** For each name, which of the steps of that name below the same parent, from 1. */
  occurrences: number[]
  a: DiffSide | null
  b: DiffSide | null
  /** Null for a step that only one run has. */
  changes: DiffChanges | null
}

/** Which run was compared. */
export interface DiffRun extends DiffSide {
  key: string
  id: string | null
  name: string
  version: string | null
  started_at: string | null
}

/** The difference between two runs, from the first to the second. */
export interface RunDiff {
  a: DiffRun
  b: DiffRun
  /** What differs in the run itself; null when nothing does. */
  run: DiffChanges | null
  /** Only the steps that differ, from the top down. */
  steps: StepDiff[]
  /** How many steps do not differ. */
  unchanged: number
  /**
   * Where the runs part: the differing step that comes first. Inputs and presence count when a step starts; outcome,
   * attempts, error and outputs when it ends, so that they count only if nothing below it differs. Being slower or
   * faster is no parting. An empty path is the run itself; null when the runs do not part.
   */
  first_divergence: { path: string[]; occurrences: number[] } | null
  /** The thresholds that were used. */
  slower_by: number
  slower_by_ms: number
}

/**
 * Compares two runs step by step. Steps are paired by name path and by occurrence in it, in the order of their
 * ordinals; `diffRuns(b, a)` is the same the other way round.
 *
 * @throws ResultsError `invalid_value` for a threshold that is negative or no number.
 */
export function diffRuns(a: DetailedDocument, b: DetailedDocument, options: DiffOptions = {}): RunDiff {
  const resolved = {
    slowerBy: threshold('slowerBy', options.slowerBy ?? 0.2),
    slowerByMs: threshold('slowerByMs', options.slowerByMs ?? 100),
    maxChanges: threshold('maxChanges', options.maxChanges ?? 20),
  }
  const pairs = pairSteps(a.steps, b.steps)
  const found: { pair: StepPair; diff: StepDiff }[] = []
  let divergence: { pair: StepPair; at: number } | null = null
  // Backwards a pair comes after all that is below it.
  for (const pair of pairs.reverse()) {
    const changes = pair.a !== null && pair.b !== null ? compare(pair.a, pair.b, resolved) : null
    const paired = changes === null && pair.a !== null && pair.b !== null
    const parts = changes === null ? !paired : differs(changes)
    if ((parts || pair.differsBelow) && pair.above !== null) pair.above.differsBelow = true
    if (!paired) found.push({ pair, diff: toStepDiff(pair, changes) })
    const counts = parts && (changes === null || changes.inputs !== null || !pair.differsBelow)
    if (counts && (divergence === null || startOf(pair) <= divergence.at)) divergence = { pair, at: startOf(pair) }
  }
  const run = compare(a.run, b.run, resolved)
  return {
    a: toRun(a.run),
    b: toRun(b.run),
    run,
    steps: found.reverse().map(({ diff }) => diff),
    unchanged: pairs.length - found.length,
    first_divergence: firstOf(run, divergence?.pair ?? null),
    slower_by: resolved.slowerBy,
    slower_by_ms: resolved.slowerByMs,
  }
}

function firstOf(run: DiffChanges | null, pair: StepPair | null): RunDiff['first_divergence'] {
  if (run?.inputs != null) return { path: [], occurrences: [] }
  if (pair !== null) return placeOf(pair)
  return run !== null && differs(run) ? { path: [], occurrences: [] } : null
}

/** The ordinal tells the order of starts better than two clocks do. */
function startOf(pair: StepPair): number {
  return Math.min(pair.a?.ordinal ?? Number.MAX_VALUE, pair.b?.ordinal ?? Number.MAX_VALUE)
}

interface Comparable {
  readonly outcome: Outcome
  readonly duration_ms: number | null
  readonly attempts?: StepNode['attempts']
  readonly error: DocumentError | null
  readonly inputs: Json
  readonly outputs: Json
}

function compare(a: Comparable, b: Comparable, options: Required<DiffOptions>): DiffChanges | null {
  const [x, y] = [toSide(a), toSide(b)]
  const changes: DiffChanges = {
    outcome: x.outcome !== y.outcome,
    attempts: x.attempts !== y.attempts,
    error: JSON.stringify(x.error) !== JSON.stringify(y.error),
    speed: speedOf(x.duration_ms, y.duration_ms, options),
    delta_ms: x.duration_ms === null || y.duration_ms === null ? null : roundMs(y.duration_ms - x.duration_ms),
    inputs: jsonChanges(a.inputs, b.inputs, options),
    outputs: jsonChanges(a.outputs, b.outputs, options),
  }
  return differs(changes) || changes.speed !== null ? changes : null
}

function differs({ outcome, attempts, error, inputs, outputs }: DiffChanges): boolean {
  return outcome || attempts || error || inputs !== null || outputs !== null
}

function speedOf(a: number | null, b: number | null, options: Required<DiffOptions>): DiffChanges['speed'] {
  if (a === null || b === null) return null
  const by = Math.abs(b - a)
  if (!(by > options.slowerByMs && by > Math.min(a, b) * options.slowerBy)) return null
  return b > a ? 'slower' : 'faster'
}

function jsonChanges(a: Json, b: Json, { maxChanges }: Required<DiffOptions>): JsonDiff | null {
  const diff = diffJson(a, b, { maxChanges })
  return diff.changes.length + diff.left_off > 0 ? diff : null
}

function toStepDiff(pair: StepPair, changes: DiffChanges | null): StepDiff {
  const kind = pair.a === null ? 'added' : pair.b === null ? 'removed' : 'changed'
  const [a, b] = [pair.a && toSide(pair.a), pair.b && toSide(pair.b)]
  return { kind, ...placeOf(pair), a, b, changes }
}

function placeOf(pair: StepPair): { path: string[]; occurrences: number[] } {
  const path: string[] = []
  const occurrences: number[] = []
  for (let at: StepPair | null = pair; at !== null; at = at.above) {
    path.push(at.name)
    occurrences.push(at.occurrence)
  }
  return { path: path.reverse(), occurrences: occurrences.reverse() }
}

function toSide({ outcome, duration_ms, attempts, error }: Comparable): DiffSide {
  const shown = error && { type: error.type, code: error.code, category: error.category, message: error.message }
  return { outcome, duration_ms, attempts: Math.max(1, attempts?.length ?? 1), error: shown }
}

function toRun(run: RunFacts): DiffRun {
  const { key, id, name, version, started_at } = run
  return { key, id, name, version, started_at, ...toSide(run) }
}

function threshold(name: string, value: number): number {
  if (value >= 0) return value
  throw new ResultsError('invalid_value', `${name} is ${quote(value)}; give a number of 0 or more.`)
}
