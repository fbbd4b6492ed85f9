import type { DetailedDocument } from '../core/document.js'
import type { Collector } from './collector.js'
import type { PathOptions } from './durations.js'
import { compareInstants } from './instant.js'
import { createPathTable, MAX_PATHS, type PathEntry, stepNames } from './path-table.js'
import { verdictOf } from './verdict.js'
import { failedItself, walkSteps } from './walk.js'

/** How often a step passed and failed, in runs, at one version of its workflow. */
export interface VersionVerdicts {
  /** Null for runs that name no version; they are taken for one version. */
  version: string | null
  passed: number
  failed: number
}

/** A step whose outcome does not follow from the code alone. */
export interface FlakyStep {
  workflow: string
  path: string[]
  /** In how many runs it passed, but only after an attempt had failed. */
  passed_after_retry: number
  /** The versions at which it both passed and failed. */
  versions: VersionVerdicts[]
  /** The start of the latest run that showed it as flaky or in which it failed; null when none has a start. */
  last_at: string | null
}

/** The flaky steps of many runs, the most often seen first. */
export interface FlakyInsights {
  steps: FlakyStep[]
  /** How many runs and steps were not counted because there were too many names. */
  left_off: number
  /** How many older versions of a step were forgotten because there were too many. */
  versions_left_off: number
}

const MAX_VERSIONS = 20

interface Verdicts {
  retried: number
  lastAt: string | null
  readonly versions: Map<string | null, VersionVerdicts>
}

/**
 * Finds steps that passed and failed, in different runs, at one version of their workflow, or that passed only after
 * a failed attempt. A run in which a step of this name path failed counts as failed, however often it passed in it. A step whose
 * failure only repeats that of a step below is not counted: the one below is.
 */
export function createFlakySteps(options: PathOptions = {}): Collector<FlakyInsights> {
  const table = createPathTable<Verdicts>(options.maxPaths ?? MAX_PATHS, () => ({
    retried: 0,
    lastAt: null,
    versions: new Map(),
  }))
  let versionsLeftOff = 0

  function count(entry: PathEntry<Verdicts>, seen: Seen, run: DetailedDocument['run']): void {
    const { value } = entry
    if (seen.retried) value.retried += 1
    if ((seen.retried || seen.verdict === 'fail') && isLater(run.started_at, value.lastAt))
      value.lastAt = run.started_at
    if (seen.verdict === null) return
    let verdicts = value.versions.get(run.version)
    if (verdicts === undefined) {
      if (value.versions.size >= MAX_VERSIONS) versionsLeftOff += forgetOne(value.versions)
      verdicts = { version: run.version, passed: 0, failed: 0 }
      value.versions.set(run.version, verdicts)
    }
    if (seen.verdict === 'pass') verdicts.passed += 1
    else verdicts.failed += 1
  }

  return {
    add({ run, steps }) {
      const workflow = table.enter(null, run.name)
      if (workflow === null) return
      const touched = new Map<PathEntry<Verdicts>, Seen>()
      walkSteps<PathEntry<Verdicts> | null>(steps, workflow, (step, above) => {
        const entry = above === null ? null : table.enter(above, step.name)
        if (entry === null) return null
        const verdict = verdictOf(step.outcome)
        if (verdict === null || (verdict === 'fail' && !failedItself(step))) return entry
        const seen = touched.get(entry) ?? { verdict, retried: false }
        if (verdict === 'fail') seen.verdict = verdict
        if (verdict === 'pass' && step.attempts.length > 1) seen.retried = true
        touched.set(entry, seen)
        return entry
      })
      for (const [entry, seen] of touched) count(entry, seen, run)
    },
    result() {
      const found: FlakyStep[] = []
      for (const workflow of table.workflows()) {
        for (const entry of table.below(workflow)) {
          const versions = [...entry.value.versions.values()].filter(isMixed).map((verdicts) => ({ ...verdicts }))
          const { retried, lastAt } = entry.value
          if (retried === 0 && versions.length === 0) continue
          const path = stepNames(entry)
          found.push({ workflow: workflow.name, path, passed_after_retry: retried, versions, last_at: lastAt })
        }
      }
      found.sort((a, b) => evidence(b) - evidence(a))
      return { steps: found, left_off: table.leftOff, versions_left_off: versionsLeftOff }
    },
  }
}

interface Seen {
  verdict: 'pass' | 'fail' | null
  retried: boolean
}

function isMixed({ passed, failed }: VersionVerdicts): boolean {
  return passed > 0 && failed > 0
}

/** The oldest version that proves nothing goes first. */
function forgetOne(versions: Map<string | null, VersionVerdicts>): number {
  for (const [version, verdicts] of versions) {
    if (!isMixed(verdicts)) return Number(versions.delete(version))
  }
  const [oldest] = versions.keys()
  return Number(versions.delete(oldest as string | null))
}

function evidence({ passed_after_retry, versions }: FlakyStep): number {
  return versions.reduce((sum, { passed, failed }) => sum + Math.min(passed, failed), passed_after_retry)
}

function isLater(at: string | null, than: string | null): boolean {
  return at !== null && (than === null || compareInstants(at, than) > 0)
}
