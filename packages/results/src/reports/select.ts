import { isFailure } from '../core/outcome.js'
import type { ReportStep } from './report.js'

/** A step to show, or how many in a row are not shown. */
export type Shown = ReportStep | { omitted: number }

/**
 * The steps to show when there is room for `max` only: all, or else the failing ones with what is around them, and
 * then the others from the top. Steps left out are counted where they would have stood.
 */
export function selectSteps(steps: readonly ReportStep[], max: number): Shown[] {
  if (steps.length <= max) return [...steps]
  const chosen = new Uint8Array(steps.length)
  let room = max
  const around: number[] = []
  for (const [index, step] of steps.entries()) {
    around.length = Math.min(around.length, step.depth)
    around.push(index)
    if (!isFailure(step.outcome)) continue
    const missing = around.filter((at) => chosen[at] === 0)
    if (missing.length > room) continue
    for (const at of missing) chosen[at] = 1
    room -= missing.length
  }
  for (let index = 0; index < steps.length && room > 0; index += 1) {
    if (chosen[index] === 1) continue
    chosen[index] = 1
    room -= 1
  }
  return [...shown(steps, chosen)]
}

function* shown(steps: readonly ReportStep[], chosen: Uint8Array): Iterable<Shown> {
  let omitted = 0
  for (const [index, step] of steps.entries()) {
    if (chosen[index] === 0) {
      omitted += 1
      continue
    }
    if (omitted > 0) yield { omitted }
    omitted = 0
    yield step
  }
  if (omitted > 0) yield { omitted }
}
