import { ATTR, type SpanKindWord } from './attributes.js'
import { compareNanos } from './nanos.js'
import { fromSpanStatus, isOutcome, isTerminal, type Outcome } from './outcome.js'
import { asNumber, asText, kindOf, parseRunKey, type SpanRecord, toRunKey } from './record.js'

/** A span of a run, in its place among the others. */
export interface TreeNode {
  readonly record: SpanRecord
  readonly kind: SpanKindWord
  readonly outcome: Outcome
  readonly ordinal: number | null
  /** Its number among all spans of the run: by ordinal, then by start and span id. */
  place: number
  /** The span it names as its parent, an attempt perhaps; null for the root, or one that is not known. */
  above: TreeNode | null
  /** The step or run around it; null directly below the root. An attempt is never a parent: its step is. */
  parent: TreeNode | null
  inAttempt: number | null
  readonly children: TreeNode[]
  readonly attempts: TreeNode[]
}

/** The spans of one run: its root, if known, and what lies below it. */
export interface RunTree {
  readonly key: string
  readonly root: TreeNode | null
  /** The steps and runs directly below the root, in order. */
  readonly top: readonly TreeNode[]
  /** Every step and nested run: by ordinal, then by start and span id. */
  readonly steps: readonly TreeNode[]
}

/** Puts the winning records of one run in their places, whatever is missing, doubled or in a circle. */
export function buildTree(key: string, records: Iterable<SpanRecord>): RunTree {
  const nodes: TreeNode[] = []
  for (const record of records) {
    const kind = kindOf(record)
    if (kind !== undefined) nodes.push(toNode(record, kind))
  }
  nodes.sort(byPlace)
  for (let place = 0; place < nodes.length; place += 1) (nodes[place] as TreeNode).place = place
  const root = findRoot(nodes, key)
  linkParents(nodes, root)
  const top: TreeNode[] = []
  const steps: TreeNode[] = []
  for (const node of nodes) {
    if (node === root) continue
    if (node.kind === 'attempt') {
      const step = node.above
      if (step !== null && step.kind !== 'attempt') step.attempts.push(node)
      continue
    }
    steps.push(node)
    attach(node, root)
    if (node.parent === null) top.push(node)
    else node.parent.children.push(node)
  }
  for (const node of nodes) if (node.attempts.length > 1) node.attempts.sort(byAttempt)
  return { key, root, top, steps }
}

/** What a record alone says of its span, before it has its place among the others. */
export function toNode(record: SpanRecord, kind: SpanKindWord): TreeNode {
  const ordinal = asNumber(record.attributes[ATTR.ordinal])
  return {
    record,
    kind,
    outcome: outcomeOf(record),
    ordinal: ordinal !== undefined && Number.isSafeInteger(ordinal) && ordinal > 0 ? ordinal : null,
    place: 0,
    above: null,
    parent: null,
    inAttempt: null,
    children: [],
    attempts: [],
  }
}

function findRoot(nodes: readonly TreeNode[], key: string): TreeNode | null {
  const ids = parseRunKey(key)
  if (ids === undefined) return null
  // A root seldom has an ordinal, and so stands near the end.
  return nodes.findLast(({ record }) => record.spanId === ids.spanId && record.traceId === ids.traceId) ?? null
}

/** How the run, step or attempt of a record stands. An end that says it goes on is read by its span status. */
export function outcomeOf(record: SpanRecord): Outcome {
  if (record.phase === 'interrupted') return 'interrupted'
  if (record.phase !== 'ended') return 'running'
  const outcome = record.attributes[ATTR.outcome]
  return isOutcome(outcome) && isTerminal(outcome) ? outcome : fromSpanStatus(record.status)
}

function byPlace(a: TreeNode, b: TreeNode): number {
  if (a.ordinal !== b.ordinal) return (a.ordinal ?? Number.POSITIVE_INFINITY) - (b.ordinal ?? Number.POSITIVE_INFINITY)
  return byStart(a, b)
}

function byAttempt(a: TreeNode, b: TreeNode): number {
  return (
    (asNumber(a.record.attributes[ATTR.attempt]) ?? 0) - (asNumber(b.record.attributes[ATTR.attempt]) ?? 0) ||
    byStart(a, b)
  )
}

function byStart(a: TreeNode, b: TreeNode): number {
  const order = compareNanos(a.record.start, b.record.start)
  if (order !== 0) return order
  const [x, y] = [a.record.spanId + a.record.traceId, b.record.spanId + b.record.traceId]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Finds the parent that each span names: one of its own trace first, then of any trace of the run. */
function linkParents(nodes: readonly TreeNode[], root: TreeNode | null): void {
  const bySpanId = new Map<string, TreeNode>()
  const byKey = new Map<string, TreeNode>()
  for (const node of nodes) {
    const other = bySpanId.get(node.record.spanId)
    if (other === undefined) bySpanId.set(node.record.spanId, node)
    else {
      byKey.set(toRunKey(other.record), other)
      byKey.set(toRunKey(node.record), node)
    }
  }
  let forward = false
  for (const node of nodes) {
    const { record } = node
    const parentId = asText(record.attributes[ATTR.parentId]) ?? record.parentSpanId
    if (node === root || parentId === null) continue
    const namesake = byKey.size > 0 ? byKey.get(toRunKey({ traceId: record.traceId, spanId: parentId })) : undefined
    const parent = namesake ?? bySpanId.get(parentId) ?? null
    if (parent === node) continue
    node.above = parent
    forward ||= parent !== null && parent !== root && parent.place > node.place
  }
  // Links that all lead to an earlier place, or to the root, cannot form a circle.
  if (forward) cutCircles(nodes)
}

/** Spans that name each other as parents would never be reached from the root: the first of a circle loses its link. */
function cutCircles(nodes: readonly TreeNode[]): void {
  const settled = new Set<TreeNode>()
  for (const node of nodes) {
    const path = new Set<TreeNode>()
    for (let at: TreeNode | null = node; at !== null && !settled.has(at); at = at.above) {
      if (path.has(at)) {
        at.above = null
        break
      }
      path.add(at)
    }
    for (const passed of path) settled.add(passed)
  }
}

function attach(node: TreeNode, root: TreeNode | null): void {
  let above = node.above
  while (above?.kind === 'attempt') {
    node.inAttempt ??= asNumber(above.record.attributes[ATTR.attempt]) ?? null
    above = above.above
  }
  node.parent = above === root ? null : above
}
