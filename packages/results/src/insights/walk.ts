import type { StepNode } from '../core/document.js'
import { isFailure } from '../core/outcome.js'

/** The names from the outermost step down to one, as a list that shares its upper part with its neighbours. */
export interface NamePath {
  readonly name: string
  readonly above: NamePath | null
}

/**
 * Goes through a tree of steps from the top down, each before the ones below it, in their order. What `enter` returns
 * for a step is handed to it for each step directly below. It keeps its own stack: any depth is well.
 */
export function walkSteps<S>(
  steps: readonly StepNode[],
  top: S,
  enter: (step: StepNode, above: S, depth: number) => S,
): void {
  const open = [{ steps, above: top, at: 0 }]
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    const step = frame.steps[frame.at]
    if (step === undefined) {
      open.pop()
      continue
    }
    frame.at += 1
    const state = enter(step, frame.above, open.length - 1)
    if (step.steps.length > 0) open.push({ steps: step.steps, above: state, at: 0 })
  }
}

/** The names of a path, outermost first. */
export function toNames(path: NamePath | null): string[] {
  const names: string[] = []
  for (let at = path; at !== null; at = at.above) names.push(at.name)
  return names.reverse()
}

/** True when a step failed and no step directly below it did: the failure began here. */
export function failedItself(step: StepNode): boolean {
  return isFailure(step.outcome) && !step.steps.some((child) => isFailure(child.outcome))
}
