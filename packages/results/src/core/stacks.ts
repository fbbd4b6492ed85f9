import { ATTR } from './attributes.js'
import { textOf } from './record.js'
import type { RunTree, TreeNode } from './tree.js'

/**
 * The nodes whose stack stands again in a node below them. A failure that passes through five steps carries its stack
 * in each span; a document shows it once, where it is deepest.
 */
export function findRepeatedStacks(tree: RunTree): ReadonlySet<TreeNode> {
  const hidden = new Set<TreeNode>()
  const withStack = new Map<string, { node: TreeNode; enter: number; last: number }[]>()
  let count = 0
  for (const [node, enter, last] of intervals(tree.top)) {
    const stack = textOf(node.record, ATTR.exceptionStacktrace)
    if (stack === undefined) continue
    const same = withStack.get(stack)
    if (same === undefined) withStack.set(stack, [{ node, enter, last }])
    else same.push({ node, enter, last })
    count += 1
  }
  const rootStack = tree.root && textOf(tree.root.record, ATTR.exceptionStacktrace)
  if (tree.root && rootStack && withStack.has(rootStack)) hidden.add(tree.root)
  if (count === withStack.size) return hidden
  for (const same of withStack.values()) {
    same.sort((a, b) => a.enter - b.enter)
    for (let i = 0; i + 1 < same.length; i += 1) {
      const [at, next] = [same[i], same[i + 1]]
      if (at && next && next.enter <= at.last) hidden.add(at.node)
    }
  }
  return hidden
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
