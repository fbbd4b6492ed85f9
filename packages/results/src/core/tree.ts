import { ATTR, type SpanKindWord } from './attributes.js'
import { compareNanos } from './nanos.js'
import { fromSpanStatus, isOutcome, type Outcome } from './outcome.js'
import { kindOf, numberOf, type SpanRecord, textOf, toRunKey } from './record.js'

/** A span of a run, in its place among the others. */
export interface TreeNode {
  readonly record: SpanRecord
  readonly kind: SpanKindWord
  readonly outcome: Outcome
  readonly ordinal: number | null
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
  const nodes = [...toNodes(records)].sort(byPlace)
  const root = nodes.find((node) => toRunKey(node.record) === key) ?? null
  const others = root === null ? nodes : nodes.filter((node) => node !== root)
  const find = createFinder(nodes)
  const linked = new Map<TreeNode, TreeNode>()
  for (const node of others) {
    const parent = find(node)
    if (parent !== undefined && parent !== node && parent !== root) linked.set(node, parent)
  }
  cutCircles(others, linked)
  const top: TreeNode[] = []
  const steps: TreeNode[] = []
  for (const node of others) {
    const parent = linked.get(node)
    if (node.kind === 'attempt') {
      const step = parent ?? (find(node) === root ? root : null)
      if (step !== null && step.kind !== 'attempt') step.attempts.push(node)
      continue
    }
    steps.push(node)
    attach(node, parent, linked)
    if (node.parent === null) top.push(node)
    else node.parent.children.push(node)
  }
  for (const node of nodes) if (node.attempts.length > 1) node.attempts.sort(byAttempt)
  return { key, root, top, steps }
}

function* toNodes(records: Iterable<SpanRecord>): Iterable<TreeNode> {
  for (const record of records) {
    const kind = kindOf(record)
    if (kind === undefined) continue
    const ordinal = numberOf(record, ATTR.ordinal)
    yield {
      record,
      kind,
      outcome: outcomeOf(record),
      ordinal: ordinal !== undefined && Number.isSafeInteger(ordinal) && ordinal > 0 ? ordinal : null,
      parent: null,
      inAttempt: null,
      children: [],
      attempts: [],
    }
  }
}

function outcomeOf(record: SpanRecord): Outcome {
  if (record.phase === 'interrupted') return 'interrupted'
  if (record.phase !== 'ended') return 'running'
  const outcome = record.attributes[ATTR.outcome]
  return isOutcome(outcome) ? outcome : fromSpanStatus(record.status)
}

function byPlace(a: TreeNode, b: TreeNode): number {
  if (a.ordinal !== b.ordinal) return (a.ordinal ?? Number.POSITIVE_INFINITY) - (b.ordinal ?? Number.POSITIVE_INFINITY)
  return byStart(a, b)
}

function byAttempt(a: TreeNode, b: TreeNode): number {
  return (numberOf(a.record, ATTR.attempt) ?? 0) - (numberOf(b.record, ATTR.attempt) ?? 0) || byStart(a, b)
}

function byStart(a: TreeNode, b: TreeNode): number {
  const order = compareNanos(a.record.start, b.record.start)
  if (order !== 0) return order
  const [x, y] = [a.record.spanId + a.record.traceId, b.record.spanId + b.record.traceId]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Finds the node a span names as its parent: one of its own trace first, then of any trace of the run. */
function createFinder(nodes: readonly TreeNode[]): (node: TreeNode) => TreeNode | undefined {
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
  return ({ record }) => {
    const parentId = textOf(record, ATTR.parentId) ?? record.parentSpanId
    if (parentId === null || parentId === undefined) return undefined
    return byKey.get(toRunKey({ traceId: record.traceId, spanId: parentId })) ?? bySpanId.get(parentId)
  }
}

/** Spans that name each other as parents would never be reached from the root: the first of a circle loses its link. */
function cutCircles(nodes: readonly TreeNode[], linked: Map<TreeNode, TreeNode>): void {
  const settled = new Set<TreeNode>()
  for (const node of nodes) {
    const path = new Set<TreeNode>()
    for (let at: TreeNode | undefined = node; at !== undefined && !settled.has(at); at = linked.get(at)) {
      if (path.has(at)) {
        linked.delete(at)
        break
      }
      path.add(at)
    }
    for (const passed of path) settled.add(passed)
  }
}

function attach(node: TreeNode, parent: TreeNode | undefined, linked: ReadonlyMap<TreeNode, TreeNode>): void {
  let above = parent
  while (above?.kind === 'attempt') {
    node.inAttempt ??= numberOf(above.record, ATTR.attempt) ?? null
    above = linked.get(above)
  }
  node.parent = above ?? null
}
