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
import { asNumber, asText, parseRunKey, type RecordValue, type SpanRecord } from './record.js'
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
    tags: toJsonValue(record.attributes[ATTR.tags]),
    progress: asNumber(record.attributes[ATTR.progress]) ?? null,
    started_at: toIso(record.start),
    ended_at: endOf(record),
    duration_ms: durationOf(record),
    trace_id: traceId,
    parent: parentOf(tree, record),
    inputs: toJsonValue(record.attributes[ATTR.inputs]),
    outputs: toJsonValue(record.attributes[ATTR.outputs]),
    warnings: toWarnings(record),
    error: errorOf(root, hidden.has(root)),
  }
}

function parentOf(tree: RunTree, record: SpanRecord): RunFacts['parent'] {
  const enclosing = asText(record.attributes[ATTR.runKey])
  if (enclosing === undefined || enclosing === tree.key || parseRunKey(enclosing) === undefined) return null
  return { run_key: enclosing, span_id: asText(record.attributes[ATTR.parentId]) ?? null }
}

/** What nests deeper than {@link MAX_DEPTH} stands beside the last step that does not: its rows tell the rest. */
function toSteps(tree: RunTree, hidden: ReadonlySet<TreeNode>): StepNode[] {
  const mode = runMode(tree)
  const steps: StepNode[] = []
  /** Where the steps below each step go, and how deep they are, by its place. */
  const lists: StepNode[][] = []
  const depths: number[] = []
  let top = steps
  if (tree.root?.kind === 'step') {
    const own = toStep(tree.root, mode, hidden)
    steps.push(own)
    top = own.steps
  }
  const nodes = [...tree.top]
  for (const node of nodes) {
    const { parent, place } = node
    const list = parent === null ? top : (lists[parent.place] as StepNode[])
    const depth = parent === null ? 1 : (depths[parent.place] as number)
    const step = toStep(node, mode, hidden)
    list.push(step)
    lists[place] = depth < MAX_DEPTH ? step.steps : list
    depths[place] = depth + 1
    for (const child of node.children) nodes.push(child)
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
    tags: toJsonValue(record.attributes[ATTR.tags]),
    ordinal: node.ordinal,
    in_attempt: node.inAttempt,
    progress: asNumber(record.attributes[ATTR.progress]) ?? null,
    started_at: toIso(record.start),
    ended_at: endOf(record),
    duration_ms: durationOf(record),
    inputs: toJsonValue(record.attributes[ATTR.inputs]),
    outputs: toJsonValue(record.attributes[ATTR.outputs]),
    warnings: toWarnings(record),
    error: errorOf(node, hidden.has(node)),
    attempts: node.attempts.length === 0 ? [] : node.attempts.map((attempt) => toAttempt(attempt, node)),
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
    started_at: toIso(record.start),
    ended_at: endOf(record),
    duration_ms: durationOf(record),
    error: errorOf(attempt, stack === asText(step.record.attributes[ATTR.exceptionStacktrace])),
  }
}

function endOf({ end }: SpanRecord): string | null {
  return end === null ? null : toIso(end)
}

function durationOf({ start, end }: SpanRecord): number | null {
  return end === null ? null : toDurationMs(start, end)
}

function toWarnings(record: SpanRecord): Json[] {
  const warnings = toJsonValue(record.attributes[ATTR.warnings])
  if (warnings === null) return []
  return Array.isArray(warnings) ? warnings : [warnings]
}

const MAX_DEPTH = 64

/** The value a JSON text stands for; the text itself when it was cut or nests deeper than a document can be walked. */
function toJsonValue(text: RecordValue | undefined): Json {
  if (typeof text !== 'string') return null
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
  const own = tree.root?.kind === 'step' ? tree.root.ordinal : null
  let seen = own !== null && own <= expected ? 1 : 0
  let last = own
  // In their order, and those without an ordinal come last.
  for (const { ordinal } of tree.steps) {
    if (ordinal === null || ordinal > expected) break
    if (ordinal !== last && ordinal !== own) seen += 1
    last = ordinal
  }
  return Math.max(0, Math.trunc(expected) - seen)
}
