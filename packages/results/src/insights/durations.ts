import type { Collector } from './collector.js'
import { createPathTable, MAX_PATHS, type PathEntry, stepNames } from './path-table.js'
import { createSketch, type DurationSummary, type Sketch } from './sketch.js'
import { verdictOf } from './verdict.js'
import { walkSteps } from './walk.js'

/** How long one step took, over the runs of its workflow. */
export interface StepDurations {
  /** The names from the outermost step down to this one. */
  path: string[]
  duration: DurationSummary
}

/** How long a workflow and its steps took. */
export interface WorkflowDurations {
  workflow: string
  /** All its runs, also the ones that have no duration. */
  runs: number
  duration: DurationSummary | null
  steps: StepDurations[]
}

/** The durations of many runs. */
export interface DurationInsights {
  workflows: WorkflowDurations[]
  /** How many runs and steps were not counted because there were too many names. */
  left_off: number
}

/** Where to stop telling names apart. */
export interface PathOptions {
  /**
   * The most workflows and step name paths, together, that are kept.
   * @default 2000
   */
  maxPaths?: number
}

/**
 * Count, shortest, longest, p50 and p95 of the duration of every workflow and step name path. What passed or failed
 * counts; what was skipped, cancelled, cut off or is still running says nothing about how long the work takes.
 */
export function createDurations(options: PathOptions = {}): Collector<DurationInsights> {
  const table = createPathTable<{ runs: number; sketch: Sketch }>(options.maxPaths ?? MAX_PATHS, () => ({
    runs: 0,
    sketch: createSketch(),
  }))
  type Entry = PathEntry<{ runs: number; sketch: Sketch }> | null
  return {
    add({ run, steps }) {
      const workflow = table.enter(null, run.name)
      if (workflow === null) return
      workflow.value.runs += 1
      if (verdictOf(run.outcome) !== null && run.duration_ms !== null) workflow.value.sketch.add(run.duration_ms)
      walkSteps<Entry>(steps, workflow, (step, above) => {
        const entry = above === null ? null : table.enter(above, step.name)
        if (entry !== null && step.duration_ms !== null && verdictOf(step.outcome) !== null) {
          entry.value.sketch.add(step.duration_ms)
        }
        return entry
      })
    },
    result() {
      const workflows = [...table.workflows()].map((workflow) => ({
        workflow: workflow.name,
        runs: workflow.value.runs,
        duration: workflow.value.sketch.summary(),
        steps: [...table.below(workflow)].flatMap((entry) => {
          const duration = entry.value.sketch.summary()
          return duration === null ? [] : [{ path: stepNames(entry), duration }]
        }),
      }))
      return { workflows, left_off: table.leftOff }
    },
  }
}
