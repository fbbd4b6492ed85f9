import { ATTR } from './attributes.js'
import {
  type AttemptNode,
  type DetailedDocument,
  DOCUMENT_SCHEMA,
  type Json,
  type Provenance,
  type RunFacts,
  type StepNode,
} from './document.js'
import { toDurationMs, toIso } from './nanos.js'
import { asNumber, asText, parseRunKey, type SpanRecord } from './record.js'
import { buildRows, errorOf, nameOf, rowId, runMode, titleOf, UNKNOWN_NAME } from './rows.js'
import { findRepeatedStacks } from './stacks.js'
import type { RunTree, TreeNode } from './tree.js'

/** What the caller knows of a document's origin; the rest of {@link Provenance} is in the records. */
export type Origin = Partial<Pick<Provenance, 'road' | 'revision' | 'recovered' | 'sampled'>>

/** Makes the detailed document of a run from its tree. */
export function buildDocument(tree: RunTree, contradictions: number, origin: Origin = {}): DetailedDocument {
  const hidden = findRepeatedStacks(tree)
  return {
    statuses: buildRows(tree, hidden),
    schema: DOCUMENT_SCHEMA,
    run: toRunFacts(tree, hidden),
    steps: toSteps(tree, hidden),
    provenance: {
      road: origin.road ?? null,
      revision: origin.revision ?? 1,
      recovered: origin.recovered ?? false,
      sampled: origin.sampled ?? null,
      dropped: countDropped(tree),
      contradictions,
    },
  }
}

function toRunFacts(tree: RunTree, hidden: ReadonlySet<TreeNode>): RunFacts {
  const traceId = parseRunKey(tree.key)?.traceId ?? ''
  const { root } = tree
  if (root === null) {
    return {
      key: tree.key,
      id: null,
      name: UNKNOWN_NAME,
      title: UNKNOWN_NAME,
      version: null,
      outcome: 'running',
      reason: null,
      mode: runMode(tree),
      target: null,
      tags: null,
      progress: null,
      started_at: null,
      ended_at: null,
      duration_ms: null,
      trace_id: traceId,
      parent: null,
      inputs: null,
      outputs: null,
      warnings: [],
      error: null,
    }
  }
  const { record } = root
  return {
    key: tree.key,
    id: asText(record.attributes[ATTR.runId]) ?? null,
    name: nameOf(record),
    title: titleOf(record),
    version: asText(record.attributes[ATTR.version]) ?? null,
    outcome: root.outcome,
    reason: asText(record.attributes[ATTR.outcomeReason]) ?? null,
    mode: runMode(tree),
    target: asText(record.attributes[ATTR.target]) ?? null,
    tags: toJsonValue(asText(record.attributes[ATTR.tags])),
    progress: asNumber(record.attributes[ATTR.progress]) ?? null,
    ...timesOf(record),
    trace_id: traceId,
    parent: parentOf(tree, record),
    inputs: toJsonValue(asText(record.attributes[ATTR.inputs])),
    outputs: toJsonValue(asText(record.attributes[ATTR.outputs])),
    warnings: toWarnings(record),
    error: errorOf(root, hidden.has(root)),
  }
}

function parentOf(tree: RunTree, record: SpanRecord): RunFacts['parent'] {
  const enclosing = asText(record.attributes[ATTR.runKey])
  if (enclosing === undefined || enclosing === tree.key || parseRunKey(enclosing) === undefined) return null
  return { run_key: enclosing, span_id: asText(record.attributes[ATTR.parentId]) ?? null }
}

function toSteps(tree: RunTree, hidden: ReadonlySet<TreeNode>): StepNode[] {
  const mode = runMode(tree)
  const made = new Map<TreeNode, StepNode>()
  const steps: StepNode[] = []
  const loose = tree.root?.kind === 'step' ? [tree.root, ...tree.steps] : tree.steps
  for (const node of loose) made.set(node, toStep(node, mode, hidden))
  for (const node of loose) {
    const step = made.get(node) as StepNode
    const parent = node.parent ?? (node !== tree.root && tree.root?.kind === 'step' ? tree.root : null)
    const siblings = parent === null ? steps : (made.get(parent)?.steps ?? steps)
    siblings.push(step)
  }
  return steps
}

function toStep(node: TreeNode, mode: string, hidden: ReadonlySet<TreeNode>): StepNode {
  const { record } = node
  return {
    span_id: record.spanId,
    run_id: rowId(node),
    kind: node.kind === 'run' ? 'run' : 'step',
    name: nameOf(record),
    title: titleOf(record),
    outcome: node.outcome,
    reason: asText(record.attributes[ATTR.outcomeReason]) ?? null,
    mode: asText(record.attributes[ATTR.mode]) ?? mode,
    target: asText(record.attributes[ATTR.target]) ?? null,
    tags: toJsonValue(asText(record.attributes[ATTR.tags])),
    ordinal: node.ordinal,
    in_attempt: node.inAttempt,
    progress: asNumber(record.attributes[ATTR.progress]) ?? null,
    ...timesOf(record),
    inputs: toJsonValue(asText(record.attributes[ATTR.inputs])),
    outputs: toJsonValue(asText(record.attributes[ATTR.outputs])),
    warnings: toWarnings(record),
    error: errorOf(node, hidden.has(node)),
    attempts: node.attempts.map((attempt) => toAttempt(attempt, node)),
    steps: [],
  }
}

function toAttempt(attempt: TreeNode, step: TreeNode): AttemptNode {
  const { record } = attempt
  const stack = asText(record.attributes[ATTR.exceptionStacktrace])
  return {
    span_id: record.spanId,
    attempt: asNumber(record.attributes[ATTR.attempt]) ?? null,
    outcome: attempt.outcome,
    reason: asText(record.attributes[ATTR.outcomeReason]) ?? null,
    ...timesOf(record),
    error: errorOf(attempt, stack === asText(step.record.attributes[ATTR.exceptionStacktrace])),
  }
}

function timesOf({ start, end }: SpanRecord): {
  started_at: string
  ended_at: string | null
  duration_ms: number | null
} {
  if (end === null) return { started_at: toIso(start), ended_at: null, duration_ms: null }
  return { started_at: toIso(start), ended_at: toIso(end), duration_ms: toDurationMs(start, end) }
}

function toWarnings(record: SpanRecord): Json[] {
  const warnings = toJsonValue(asText(record.attributes[ATTR.warnings]))
  return Array.isArray(warnings) ? warnings : warnings === null ? [] : [warnings]
}

const MAX_DEPTH = 64

/** The value a JSON text stands for; the text itself when it was cut or nests deeper than a document can be walked. */
function toJsonValue(text: string | undefined): Json {
  if (text === undefined) return null
  if (isTooDeep(text)) return text
  try {
    return JSON.parse(text) as Json
  } catch {
    // A text that was cut is no JSON; its beginning is still worth showing.
    return text
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i)
    if (c === 0x5b || c === 0x7b) {
      depth += 1
      if (depth > MAX_DEPTH) return true
    } else if (c === 0x5d || c === 0x7d) depth -= 1
  }
  return false
}

function countDropped(tree: RunTree): number {
  const expected = tree.root === null ? undefined : asNumber(tree.root.record.attributes[ATTR.steps])
  if (expected === undefined) return 0
  const seen = new Set<number>()
  const counted = tree.root?.kind === 'step' ? [tree.root, ...tree.steps] : tree.steps
  for (const node of counted) if (node.ordinal !== null && node.ordinal <= expected) seen.add(node.ordinal)
  return Math.max(0, Math.trunc(expected) - seen.size)
}
