import type { ResultFiles } from './file-sink.js'
import type { FolderFaults } from './folder-faults.js'
import type { Lane } from './lane.js'
import type { Delivery } from './sink.js'
import { aborted } from './within.js'

/** The lane of the result files: documents are written beside the program, a few at a time, the latest of each run. */
export interface FileLane extends Lane {
  /** Writes what is on its way, and from now on what is offered, before it returns: there is no later. */
  hurry(): void
}

/** Fewer than the threads that Node has for files: the program's own files must not wait for a slow disk of ours. */
const MAX_UNDERWAY = 3
/** While somebody waits for them there may be more: a disk syncs many files in hardly more time than one. */
const MAX_DRAINING = 16
/**
 * When more waits, the disk is slower than the program: a finished document is then written at once, so that the
 * program waits for the disk and its end does not; a running one is made again later.
 */
const MAX_WAITING = 64
const MAX_WAITING_ROWS = 50_000

/**
 * Begins the lane of a results folder.
 *
 * @param settled hears of every document that was taken and not replaced by a newer one, whether it stands in its file.
 */
export function createFileLane(
  files: ResultFiles,
  settled: (delivery: Delivery, stands: boolean) => void,
  faults: FolderFaults,
): FileLane {
  const waiting = new Map<string, Delivery>()
  const underway = new Map<string, { readonly delivery: Delivery; readonly done: Promise<void> }>()
  let rows = 0
  let hurried = false
  let draining = 0

  const writeNow = (delivery: Delivery): boolean => {
    forget(delivery.key)
    try {
      files.write(delivery)
    } catch (error) {
      faults.document(error)
      return false
    }
    settled(delivery, true)
    return true
  }
  const forget = (key: string): void => {
    rows -= waiting.get(key)?.document.statuses.length ?? 0
    waiting.delete(key)
  }
  const begin = (delivery: Delivery): void => {
    const done = files
      .writeSoon(delivery)
      .then(
        () => settled(delivery, true),
        (error: unknown) => {
          faults.document(error)
          settled(delivery, false)
        },
      )
      .finally(() => {
        underway.delete(delivery.key)
        next()
      })
    underway.set(delivery.key, { delivery, done })
  }
  const next = (): void => {
    for (const delivery of waiting.values()) {
      if (underway.size >= (draining > 0 ? MAX_DRAINING : MAX_UNDERWAY)) return
      if (underway.has(delivery.key)) continue
      forget(delivery.key)
      begin(delivery)
    }
  }
  return {
    name: files.name,
    offer(delivery) {
      if (hurried || delivery.loose) return writeNow(delivery)
      forget(delivery.key)
      if (waiting.size >= MAX_WAITING || rows > MAX_WAITING_ROWS) return delivery.final && writeNow(delivery)
      waiting.set(delivery.key, delivery)
      rows += delivery.document.statuses.length
      next()
      return true
    },
    hurry() {
      if (hurried) return
      hurried = true
      const left = new Map([...underway].map(([key, { delivery }]) => [key, delivery]))
      for (const delivery of waiting.values()) left.set(delivery.key, delivery)
      for (const delivery of left.values()) if (!writeNow(delivery)) settled(delivery, false)
    },
    async drain(signal) {
      const stopped = aborted(signal)
      draining += 1
      next()
      while (underway.size > 0 && !signal.aborted)
        await Promise.race([...[...underway.values()].map(({ done }) => done), stopped])
      draining -= 1
    },
    counts: () => ({ waiting: waiting.size + underway.size, dropped: 0 }),
    close: async () => undefined,
  }
}
