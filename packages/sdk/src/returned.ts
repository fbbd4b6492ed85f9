import type { Group } from './group.js'
import type { Open } from './open.js'

/** The run, or loose step, that a call is a part of; undefined when it is part of none that ends in this process. */
function aroundOf({ spanId, group, owner }: Open): Group | undefined {
  const around = spanId === group.rootId ? owner?.group : group
  return around?.ordinals === undefined ? undefined : around
}

/**
 * Has `check` called before the run ends that this call is a part of; where it is part of none, once all has run that
 * is ready to.
 */
export function checkLater(opened: Open, check: () => void): void {
  if (!opened.active) return
  const around = aroundOf(opened)
  if (around === undefined || around.isOver) setImmediate(check)
  else {
    around.returned ??= new Map()
    around.returned.set(opened, check)
  }
}

/** A call that ends has nothing to be checked any more; and where it is the root, all others are. */
export function checkNow(opened: Open): void {
  const { spanId, group } = opened
  aroundOf(opened)?.returned?.delete(opened)
  if (spanId !== group.rootId) return
  group.isOver = true
  if (group.returned !== undefined) for (const check of [...group.returned.values()]) check()
}
