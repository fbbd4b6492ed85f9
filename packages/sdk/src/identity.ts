import type { Attributes } from '@opentelemetry/api'
import { ATTR } from '@runspan/results/core'
import type { Open } from './open.js'
import { addRecordable } from './recordable.js'
import { report } from './report.js'
import { CICD } from './semconv.js'
import type { Target } from './target.js'

/** What samplers, processors and the crash journal must see at the start. */
export function identify(
  target: Target,
  around: Open | undefined,
  ordinal: number | undefined,
  mode: string | undefined,
  runId: string | undefined,
): Attributes {
  const attributes: Attributes = { [ATTR.kind]: target.kind, [ATTR.name]: target.name }
  if (around !== undefined) {
    attributes[ATTR.runKey] = around.group.key
    attributes[ATTR.parentId] = around.spanId
  }
  if (ordinal !== undefined) attributes[ATTR.ordinal] = ordinal
  if (runId !== undefined) attributes[ATTR.runId] = runId
  if (target.version !== undefined) attributes[ATTR.version] = target.version
  addWords(attributes, target, mode)
  return attributes
}

/** The words that a step or run was given, and that its attempts repeat. */
export function addWords(attributes: Attributes, target: Target, mode: string | undefined): void {
  if (target.id !== undefined) attributes[ATTR.id] = target.id
  if (target.title !== undefined) attributes[ATTR.title] = target.title
  if (mode !== undefined) attributes[ATTR.mode] = mode
}

/** Adds the user's own attributes, and those of the conventions for CI/CD; ours win. */
export function withGiven(
  target: Target,
  identity: Attributes,
  args: readonly unknown[],
  cicd: boolean,
  runId: string | undefined,
): Attributes {
  if (cicd) {
    identity[target.kind === 'run' ? CICD.pipelineName : CICD.taskName] = target.name
    if (runId !== undefined) identity[CICD.runId] = runId
  }
  const own = target.attributes
  if (own === undefined) return identity
  try {
    return addRecordable(identity, typeof own === 'function' ? own(...args) : own, target.name)
  } catch (error) {
    report(`the attributes option of '${target.name}' failed`, error)
    return identity
  }
}
