import { statSync } from 'node:fs'
import { messageOf } from '../message-of.js'
import type { OutboxMessage } from '../sink.js'
import type { OutboxFolder } from './folder.js'

/** Messages that may wait for one receiver. */
const MAX_WAITING = 10_000
/** How long they may be in all when they cannot be kept on the disk. */
const MAX_IN_MEMORY = 16 * 1024 * 1024
/** Messages of others are taken over so many at a time: there may be very many. */
const MAX_ADOPTED = 200
/** A message that could not be sent for so long is given up. */
const MAX_AGE_MS = 3 * 24 * 60 * 60_000

/** A message in memory, or the name of its file. */
export interface Waiting {
  readonly file: string | undefined
  readonly message: OutboxMessage | undefined
}

/** The messages for one receiver. One that was taken is held until it is told what became of it. */
export interface OutboxQueue {
  /** Keeps a message; one that there is no room for is given up. */
  keep(message: OutboxMessage): void
  take(): Waiting | undefined
  /** Undefined when there is no message any more; then it is not held any more either. */
  read(waiting: Waiting): OutboxMessage | undefined
  sent(waiting: Waiting): void
  /** It was not sent, through no fault of the receiver. */
  putBack(waiting: Waiting): void
  /** It was not sent, and is sent later, unless that cannot help or it is too old. */
  refused(waiting: Waiting, why: string, permanent: boolean): void
  /** Counts a message that will never be sent, and says why. */
  drop(why: string): void
  /** Looks for messages that nobody is left to send, unless it has done so within the last `restMs`. */
  look(restMs: number): void
  /** Resolves when what was kept outlives a power cut. */
  synced(): Promise<void>
  size(): number
  dropped(): number
  /** Leaves what waits to the next process. */
  close(): void
}

/** Begins to keep messages: in a folder, or in memory when there is none. */
export function createOutboxQueue(
  sinkName: string,
  folder: OutboxFolder | undefined,
  report: (message: string) => void,
): OutboxQueue {
  const queue: Waiting[] = []
  const taken = new Set<Waiting>()
  /** Files of messages that were taken, in which a newer message stands by now. */
  const revised = new Set<string>()
  let dropped = 0
  let lookedAt = Number.NEGATIVE_INFINITY

  const attempt = (work: () => void, what: string) => {
    try {
      work()
    } catch (error) {
      report(`${what}: ${messageOf(error)}`)
    }
  }
  const drop = (why: string) => {
    dropped += 1
    report(`a message of '${sinkName}' was given up: ${why}`)
  }
  /** False when the disk does not take it. */
  const isStored = (place: OutboxFolder, message: OutboxMessage): boolean => {
    try {
      const { file, isNew } = place.store(message)
      if (isNew) queue.push({ file, message: undefined })
      else if ([...taken].some((waiting) => waiting.file === file)) revised.add(file)
      return true
    } catch (error) {
      report(
        `a message of '${sinkName}' waits in memory, because it cannot be kept in '${place.path}': ${messageOf(error)}`,
      )
      return false
    }
  }
  const lengthInMemory = () => queue.reduce((sum, { message }) => sum + (message?.body.length ?? 0), 0)
  const adopt = () =>
    attempt(() => {
      for (const file of folder?.adopt(MAX_ADOPTED) ?? []) queue.push({ file, message: undefined })
    }, `messages of '${sinkName}' that wait in '${folder?.path}' cannot be taken over`)
  /** True when a newer message stands in the file: then that one waits. */
  const givesWay = ({ file }: Waiting): boolean => {
    if (file === undefined || !revised.delete(file)) return false
    queue.push({ file, message: undefined })
    return true
  }
  const giveUp = (waiting: Waiting, why: string) => {
    taken.delete(waiting)
    const { file } = waiting
    if (!givesWay(waiting))
      attempt(() => file && folder?.bury(file), `a message of '${sinkName}' could not be put aside`)
    drop(why)
  }
  return {
    keep(message) {
      if (queue.length >= MAX_WAITING) return drop(`more than ${MAX_WAITING} wait`)
      if (folder !== undefined && isStored(folder, message)) return
      if (lengthInMemory() + message.body.length > MAX_IN_MEMORY)
        drop(`more than ${MAX_IN_MEMORY} characters wait in memory`)
      else queue.push({ file: undefined, message })
    },
    take() {
      if (queue.length === 0) adopt()
      const next = queue.shift()
      if (next !== undefined) taken.add(next)
      return next
    },
    read(waiting) {
      const { file, message } = waiting
      if (file === undefined || folder === undefined) return message
      revised.delete(file)
      const found = folder.read(file)
      if (found === 'damaged') giveUp(waiting, 'its file holds no message any more')
      else if (found !== undefined) return found
      else {
        // Another process has taken it over, and will send it.
        taken.delete(waiting)
        folder.forget(file)
      }
      return undefined
    },
    sent(waiting) {
      taken.delete(waiting)
      const { file } = waiting
      if (givesWay(waiting)) return
      attempt(() => file && folder?.forget(file), `a message of '${sinkName}' that was sent is still there`)
    },
    putBack(waiting) {
      taken.delete(waiting)
      queue.unshift(waiting)
    },
    refused(waiting, why, permanent) {
      if (permanent || ageOf(waiting) > MAX_AGE_MS) return giveUp(waiting, why)
      taken.delete(waiting)
      queue.push(waiting)
    },
    drop,
    look(restMs) {
      if (folder === undefined || performance.now() - lookedAt <= restMs) return
      lookedAt = performance.now()
      attempt(() => folder.look(), `messages of '${sinkName}' that wait in '${folder.path}' cannot be read`)
      if (queue.length < MAX_ADOPTED) adopt()
    },
    synced: () => folder?.synced() ?? Promise.resolve(),
    size: () => queue.length + taken.size,
    dropped: () => dropped,
    close() {
      folder?.close()
      const lost = [...queue, ...taken].filter(({ file }) => file === undefined).length
      if (lost > 0) report(`${lost} messages of '${sinkName}' were not sent, and there is no folder to keep them in`)
    },
  }
}

function ageOf({ file }: Waiting): number {
  try {
    return file === undefined ? 0 : Date.now() - statSync(file).mtimeMs
  } catch {
    // What cannot be looked at is not known to be old.
    return 0
  }
}
