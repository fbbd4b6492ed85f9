import type { ReportStep } from './report.js'

/** Goes through the steps of a report with the names from the outermost step down; the list is valid until the next. */
export function* withPaths(steps: Iterable<ReportStep>): Iterable<{ step: ReportStep; path: readonly string[] }> {
  const path: string[] = []
  for (const step of steps) {
    path.length = Math.min(path.length, step.depth)
    path.push(step.name)
    yield { step, path }
  }
}
