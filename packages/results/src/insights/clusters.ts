import type { DetailedDocument, DocumentError, StepNode } from '../core/document.js'
import { toText } from '../core/limits.js'
import { isFailure } from '../core/outcome.js'
import type { Collector } from './collector.js'
import { errorFingerprint } from './fingerprint.js'
import { compareInstants } from './instant.js'
import { type NamePath, toNames, walkSteps } from './walk.js'

/** Errors that differ only in numbers, ids, paths and quoted values. */
export interface ErrorCluster {
  fingerprint: string
  type: string | null
  /** How many steps and runs failed by it. */
  failures: number
  /** How many attempts failed by it and were followed by another. */
  retries: number
  /** When what failed had started: the earliest and the latest; null when that is not known. */
  first_at: string | null
  last_at: string | null
  /** The latest runs it was seen in, newest first. */
  runs: SampleRun[]
  /** Where it happened, by workflow and step name path; an empty path is the run itself. */
  steps: { workflow: string; path: string[] }[]
  /** True when it happened in more steps than are named. */
  more_steps: boolean
}

/** A run that shows the error. */
export interface SampleRun {
  key: string
  id: string | null
  started_at: string | null
  /** The message as it was, up to 1,000 characters. */
  message: string | null
}

/** The errors of many runs, the most frequent first. */
export interface ErrorInsights {
  clusters: ErrorCluster[]
  /** How many failures and retries had a fingerprint for which there was no place. */
  left_off: number
}

/** Where to stop telling errors apart. */
export interface ClusterOptions {
  /**
   * The most clusters that are kept; errors with yet another fingerprint are only counted.
   * @default 500
   */
  maxClusters?: number
  /**
   * The most runs, and steps, that a cluster names.
   * @default 5
   */
  maxSamples?: number
}

const MAX_SAMPLE_MESSAGE = 1_000

interface Cluster extends ErrorCluster {
  readonly places: Set<string>
}

interface Seen {
  readonly document: DetailedDocument
  readonly error: DocumentError
  readonly path: NamePath | null
  readonly startedAt: string | null
  readonly retried: boolean
}

/**
 * Groups errors by their fingerprint ({@link errorFingerprint}). An error that a step or the run only passes on, by
 * the same fingerprint, is counted where it began.
 */
export function createErrorClusters(options: ClusterOptions = {}): Collector<ErrorInsights> {
  const maxClusters = options.maxClusters ?? 500
  const maxSamples = options.maxSamples ?? 5
  const clusters = new Map<string, Cluster>()
  let leftOff = 0

  function count(seen: Seen): void {
    const fingerprint = errorFingerprint(seen.error)
    let cluster = clusters.get(fingerprint)
    if (cluster === undefined) {
      if (clusters.size >= maxClusters) {
        leftOff += 1
        return
      }
      cluster = newCluster(fingerprint, seen.error.type)
      clusters.set(fingerprint, cluster)
    }
    if (seen.retried) cluster.retries += 1
    else cluster.failures += 1
    if (seen.startedAt !== null) widen(cluster, seen.startedAt)
    addRun(cluster, seen, maxSamples)
    addPlace(cluster, seen, maxSamples)
  }

  return {
    add(document) {
      const { run, steps } = document
      const below = steps.length > 0 ? countSteps(document, count) : undefined
      if (run.error === null || !isFailure(run.outcome) || below?.has(errorFingerprint(run.error))) return
      count({ document, error: run.error, path: null, startedAt: run.started_at, retried: false })
    },
    result() {
      const found = [...clusters.values()].sort((a, b) => total(b) - total(a))
      return { clusters: found.map(copyOf), left_off: leftOff }
    },
  }
}

/** Counts the errors of the steps and gives the fingerprints that reached the top. */
function countSteps(document: DetailedDocument, count: (seen: Seen) => void): ReadonlySet<string> {
  interface Place extends NamePath {
    readonly above: Place | null
    readonly step: StepNode
    /** Fingerprints of the failing steps directly below. */
    below: Set<string> | null
  }
  const order: Place[] = []
  walkSteps<Place | null>(document.steps, null, (step, above) => {
    const place: Place = { name: step.name, above, step, below: null }
    if (step.error !== null || step.attempts.length > 0) order.push(place)
    return place
  })
  const top = new Set<string>()
  // Backwards a step comes after all that is below it.
  for (let place = order.pop(); place !== undefined; place = order.pop()) {
    const { step } = place
    for (const attempt of step.attempts) {
      if (attempt.error === null || isFailure(attempt.outcome)) continue
      count({ document, error: attempt.error, path: place, startedAt: attempt.started_at, retried: true })
    }
    const { error } = step
    if (error === null || !isFailure(step.outcome)) continue
    const fingerprint = errorFingerprint(error)
    if (place.above === null) top.add(fingerprint)
    else {
      place.above.below ??= new Set()
      place.above.below.add(fingerprint)
    }
    if (place.below?.has(fingerprint)) continue
    count({ document, error, path: place, startedAt: step.started_at, retried: false })
  }
  return top
}

function newCluster(fingerprint: string, type: string | null): Cluster {
  return {
    fingerprint,
    type,
    failures: 0,
    retries: 0,
    first_at: null,
    last_at: null,
    runs: [],
    steps: [],
    more_steps: false,
    places: new Set(),
  }
}

function copyOf({ places: _, ...cluster }: Cluster): ErrorCluster {
  return { ...cluster, runs: [...cluster.runs], steps: [...cluster.steps] }
}

function total({ failures, retries }: ErrorCluster): number {
  return failures + retries
}

function widen(cluster: Cluster, at: string): void {
  if (cluster.first_at === null || compareInstants(at, cluster.first_at) < 0) cluster.first_at = at
  if (cluster.last_at === null || compareInstants(at, cluster.last_at) > 0) cluster.last_at = at
}

function addRun(cluster: Cluster, { document: { run }, error }: Seen, max: number): void {
  if (cluster.runs.some(({ key }) => key === run.key)) return
  const message = error.message === null ? null : toText(error.message, MAX_SAMPLE_MESSAGE)
  const sample = { key: run.key, id: run.id, started_at: run.started_at, message }
  const at = cluster.runs.findIndex((other) => isNewer(sample, other))
  cluster.runs.splice(at === -1 ? cluster.runs.length : at, 0, sample)
  if (cluster.runs.length > max) cluster.runs.pop()
}

function isNewer(a: SampleRun, b: SampleRun): boolean {
  if (a.started_at === null || b.started_at === null) return a.started_at !== null
  const order = compareInstants(a.started_at, b.started_at)
  return order > 0 || (order === 0 && a.key > b.key)
}

function addPlace(cluster: Cluster, { document: { run }, path }: Seen, max: number): void {
  if (cluster.more_steps) return
  const place = { workflow: run.name, path: toNames(path) }
  const key = JSON.stringify(place)
  if (cluster.places.has(key)) return
  if (cluster.steps.length >= max) {
    cluster.more_steps = true
    return
  }
  cluster.places.add(key)
  cluster.steps.push(place)
}
