import { ATTR } from './attributes.js'
import { asText } from './record.js'
import type { RunTree, TreeNode } from './tree.js'

/**
 * The nodes whose stack stands again in a node below them. A failure that passes through five steps carries its stack
 * in each span; a document shows it once, where it is deepest.
 */
export function findRepeatedStacks(tree: RunTree): ReadonlySet<TreeNode> {
  const hidden = new Set<TreeNode>()
  const withStack = new Map<string, TreeNode[]>()
  let repeated = false
  for (const node of tree.steps) {
    const stack = stackOf(node)
    if (stack === undefined) continue
    const same = withStack.get(stack)
    if (same === undefined) withStack.set(stack, [node])
    else {
      same.push(node)
      repeated = true
    }
  }
  const rootStack = tree.root === null ? undefined : stackOf(tree.root)
  if (tree.root !== null && rootStack !== undefined && withStack.has(rootStack)) hidden.add(tree.root)
  if (repeated) hideAncestors(tree, withStack, hidden)
  return hidden
}

function stackOf(node: TreeNode): string | undefined {
  return asText(node.record.attributes[ATTR.exceptionStacktrace])
}

/** In pre-order all that lies below a node follows it at once: of equal stacks, the next one tells whether it does. */
function hideAncestors(tree: RunTree, withStack: ReadonlyMap<string, TreeNode[]>, hidden: Set<TreeNode>): void {
  const parts = new Map<TreeNode, { enter: number; last: number }>()
  for (const [node, enter, last] of intervals(tree.top)) parts.set(node, { enter, last })
  const enterOf = (node: TreeNode | undefined) => (node && parts.get(node)?.enter) ?? Number.POSITIVE_INFINITY
  for (const same of withStack.values()) {
    same.sort((a, b) => enterOf(a) - enterOf(b))
    for (const [i, node] of same.entries()) {
      if (enterOf(same[i + 1]) <= (parts.get(node)?.last ?? -1)) hidden.add(node)
    }
  }
}

/** Every node with the first and last number of its part of the tree in pre-order. */
function* intervals(top: readonly TreeNode[]): Iterable<[node: TreeNode, enter: number, last: number]> {
  const path: { node: TreeNode; enter: number; next: number }[] = []
  let clock = 0
  for (const start of top) {
    path.push({ node: start, enter: clock++, next: 0 })
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const child = at.node.children[at.next]
      if (child === undefined) {
        yield [at.node, at.enter, clock - 1]
        path.pop()
      } else {
        at.next += 1
        path.push({ node: child, enter: clock++, next: 0 })
      }
    }
  }
}
