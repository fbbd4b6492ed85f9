import { ATTR } from './attributes.js'
import type { DocumentError, StatusRow } from './document.js'
import { DEFAULT_ERROR_CODE } from './error-code.js'
import { isFailure, isUnsuccessful } from './outcome.js'
import { asNumber, asText, type SpanRecord } from './record.js'
import { formatRunId, isRunId, toOrdinalId } from './run-id.js'
import type { RunTree, TreeNode } from './tree.js'

/** The `mode` of what has none of its own, nor its run. */
export const DEFAULT_MODE = 'default'

/** The name of a run whose root span never came. */
export const UNKNOWN_NAME = 'unknown'

const RUN_ROW_ID = /* @__PURE__ */ toOrdinalId(0)

/** The rows of a document: one per step with its retries before it, and one for the run where it has more to say. */
export function buildRows(tree: RunTree, hidden: ReadonlySet<TreeNode>): StatusRow[] {
  const rows: StatusRow[] = []
  const mode = runMode(tree)
  for (const node of inRowOrder(tree)) {
    for (const attempt of node.attempts) if (attempt.outcome === 'retry') rows.push(retryRow(node, attempt, mode))
    rows.push(toRow(rowId(node), node, mode, hidden))
  }
  if (tree.root?.kind === 'step') return rows
  const root = runRow(tree, mode, hidden)
  const tells = rows.length === 0 || (isUnsuccessful(root.status) && !rows.some((row) => repeats(row, root)))
  return tells ? [root, ...rows] : rows
}

/** The `run_id` of a step's row; it depends on the step's own record alone, so it never changes once shown. */
export function rowId(node: TreeNode): string {
  const id = givenId(node)
  return id === undefined ? ownId(node) : formatRunId(id)
}

/** The mode of steps that have none of their own. */
export function runMode(tree: RunTree): string {
  return (tree.root && asText(tree.root.record.attributes[ATTR.mode])) ?? DEFAULT_MODE
}

/** What people read as the name of a step or run. */
export function titleOf(record: SpanRecord): string {
  return asText(record.attributes[ATTR.title]) ?? nameOf(record)
}

/** The name that a step or run was wrapped with. */
export function nameOf(record: SpanRecord): string {
  return asText(record.attributes[ATTR.name]) ?? record.name
}

/** What went wrong in a span, or null when it has no failure to tell. */
export function errorOf(node: TreeNode, hideStack: boolean): DocumentError | null {
  if (!isFailure(node.outcome) && node.outcome !== 'retry') return null
  const { record } = node
  const given = asNumber(record.attributes[ATTR.errorCode])
  const code = Number.isSafeInteger(given) ? given : node.outcome === 'interrupted' ? null : DEFAULT_ERROR_CODE
  return {
    type: asText(record.attributes[ATTR.errorType]) ?? null,
    code: code ?? null,
    category: asText(record.attributes[ATTR.errorCategory]) ?? null,
    message: messageOf(record),
    stacktrace: hideStack ? null : (asText(record.attributes[ATTR.exceptionStacktrace]) ?? null),
  }
}

/** Steps with an ordinal in its order, each followed by the ones below it that have none; the rest comes last. */
function inRowOrder(tree: RunTree): TreeNode[] {
  const order = tree.root?.kind === 'step' ? [tree.root] : []
  for (const node of tree.steps) {
    if (node.ordinal === null) break
    order.push(node)
    addUnnumbered(order, node.children)
  }
  addUnnumbered(order, tree.top)
  return order
}

/** Those without an ordinal stand last among their siblings, so a numbered last one says that there are none. */
function addUnnumbered(order: TreeNode[], siblings: readonly TreeNode[]): void {
  if (siblings.at(-1)?.ordinal !== null) return
  const waiting = siblings.filter((node) => node.ordinal === null).reverse()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    order.push(node)
    for (let i = node.children.length - 1; i >= 0; i -= 1) {
      const child = node.children[i] as TreeNode
      if (child.ordinal === null) waiting.push(child)
    }
  }
}

function runRow(tree: RunTree, mode: string, hidden: ReadonlySet<TreeNode>): StatusRow {
  if (tree.root !== null) return toRow(RUN_ROW_ID, tree.root, mode, hidden)
  return {
    run_id: RUN_ROW_ID,
    title: UNKNOWN_NAME,
    status: 'running',
    mode,
    error_code: null,
    error_message: null,
    target: null,
    stacktrace: null,
  }
}

function toRow(runId: string, node: TreeNode, mode: string, hidden: ReadonlySet<TreeNode>): StatusRow {
  const { record } = node
  const error = errorOf(node, hidden.has(node))
  return {
    run_id: runId,
    title: titleOf(record),
    status: node.outcome,
    mode: asText(record.attributes[ATTR.mode]) ?? mode,
    error_code: error?.code ?? null,
    error_message: error === null ? (asText(record.attributes[ATTR.outcomeReason]) ?? null) : error.message,
    target: asText(record.attributes[ATTR.target]) ?? null,
    stacktrace: error?.stacktrace ?? null,
  }
}

function retryRow(node: TreeNode, attempt: TreeNode, mode: string): StatusRow {
  const n = asNumber(attempt.record.attributes[ATTR.attempt]) ?? 1
  const error = errorOf(attempt, true)
  return {
    run_id: `${rawId(node)}_retry_${n - 1}`,
    title: `${titleOf(node.record)} (Retry ${n})`,
    status: attempt.outcome,
    mode: asText(node.record.attributes[ATTR.mode]) ?? mode,
    error_code: error?.code ?? null,
    error_message: `Attempt ${n} failed: ${error?.message ?? ''}`,
    target: null,
    stacktrace: null,
  }
}

function rawId(node: TreeNode): string {
  return givenId(node) ?? ownId(node)
}

function givenId(node: TreeNode): string | undefined {
  const id = asText(node.record.attributes[ATTR.id])
  return id !== undefined && isRunId(id) ? id : undefined
}

function ownId(node: TreeNode): string {
  return node.ordinal === null ? `s${node.record.spanId}` : toOrdinalId(node.ordinal)
}

function messageOf(record: SpanRecord): string | null {
  return asText(record.attributes[ATTR.exceptionMessage]) ?? asText(record.attributes[ATTR.outcomeReason]) ?? null
}

function repeats(row: StatusRow, root: StatusRow): boolean {
  return row.status === root.status && row.error_message === root.error_message
}
