import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from './atomic-write.js'
import { hiddenFolder, list, temporaryFolder } from './journal/layout.js'
import { isGone, ownerName } from './journal/owner.js'
import { aborted, createLane, type Lane, messageOf } from './lane.js'
import { makeFolder } from './make-folder.js'
import { type OutboxMessage, type OutboxPart, SendError, type Sink } from './sink.js'

/** Messages that may wait for one receiver. */
const MAX_WAITING = 10_000
/** How many of them when there is no folder to keep them in. */
const MAX_IN_MEMORY = 1_000
const MAX_UNDERWAY = 4
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 60_000
/** So many failures in a row say that the receiver is gone; fewer are the message's own bad luck. */
const PATIENCE = 3
const LONGEST_ASKED_MS = 60 * 60_000
/** A message that could not be sent for so long is given up. */
const MAX_AGE_MS = 3 * 24 * 60 * 60_000

/** A message in memory, or the name of its file. */
interface Waiting {
  readonly file: string | undefined
  readonly message: OutboxMessage | undefined
}

/**
 * The lane of a sink whose messages must arrive: each is a file until the receiver has it, so that it outlives the
 * process. Sent at least once, with the same id each time.
 *
 * @param root the results folder; without one, messages wait in memory.
 */
export function createOutboxLane(
  sink: Sink,
  part: OutboxPart,
  root: string | undefined,
  report: (message: string) => void,
): Lane {
  const direct = createLane({ ...sink, close: undefined }, report)
  const folder = root === undefined ? undefined : join(hiddenFolder(root), 'outbox', part.id)
  const queue: Waiting[] = []
  const underway = new Set<Promise<void>>()
  const stop = new AbortController()
  let [dropped, failures, pausedUntil, adoptedAt] = [0, 0, 0, Number.NEGATIVE_INFINITY]
  let timer: NodeJS.Timeout | undefined
  let draining = false

  const drop = (why: string) => {
    dropped += 1
    report(`a message of '${sink.name}' was given up: ${why}`)
  }
  const keep = (message: OutboxMessage): void => {
    const most = folder === undefined ? MAX_IN_MEMORY : MAX_WAITING
    if (queue.length >= most) drop(`more than ${most} wait`)
    else queue.push(store(message) ?? { file: undefined, message })
  }
  const store = (message: OutboxMessage): Waiting | undefined => {
    if (folder === undefined || root === undefined) return undefined
    try {
      const file = join(folder, messageFile(message.id))
      writeAtomically(file, JSON.stringify(message), 'replace', temporaryFolder(root))
      return { file, message: undefined }
    } catch (error) {
      report(
        `a message of '${sink.name}' waits in memory, because it cannot be kept in '${folder}': ${messageOf(error)}`,
      )
      return undefined
    }
  }
  /** Messages that other processes left when they died. */
  const adopt = () => {
    if (folder === undefined) return
    adoptedAt = performance.now()
    for (const name of list(folder)) {
      const [digest, writer = '', type] = name.split('.')
      const path = join(folder, name)
      const facts = statSync(path, { throwIfNoEntry: false })
      if (type !== 'json' || facts === undefined || !isGone(writer, Date.now() - facts.mtimeMs)) continue
      const own = join(folder, `${digest}.${ownerName()}.json`)
      if (moved(path, own)) queue.push({ file: own, message: undefined })
    }
  }
  const read = ({ file, message }: Waiting): OutboxMessage | undefined => {
    if (message !== undefined || file === undefined) return message
    try {
      const { id, body } = JSON.parse(readFileSync(file, 'utf8')) as Partial<OutboxMessage>
      return typeof id === 'string' && typeof body === 'string' ? { id, body } : undefined
    } catch {
      // A file that somebody else damaged or took away is no message any more.
      return undefined
    }
  }
  const forget = ({ file }: Waiting) => {
    if (file !== undefined) rmSync(file, { force: true })
  }
  const send = async (waiting: Waiting): Promise<void> => {
    const message = read(waiting)
    if (message === undefined) return drop('its file cannot be read')
    try {
      await part.send(message, stop.signal)
      forget(waiting)
      failures = 0
    } catch (error) {
      refused(waiting, error)
    }
  }
  const refused = (waiting: Waiting, error: unknown) => {
    if (stop.signal.aborted) return void queue.unshift(waiting)
    report(`'${sink.name}' could not be sent a message: ${messageOf(error)}`)
    const known = error instanceof SendError ? error : undefined
    if (known?.permanent || ageOf(waiting) > MAX_AGE_MS) {
      bury(waiting)
      return drop(messageOf(error))
    }
    queue.push(waiting)
    failures += 1
    const asked = Math.min(known?.retryAfterMs ?? 0, LONGEST_ASKED_MS)
    pausedUntil = performance.now() + Math.max(asked, pauseAfter(failures))
  }
  /** What a receiver will never take is kept beside, for a person to look at. */
  const bury = (waiting: Waiting) => {
    if (waiting.file === undefined || folder === undefined) return
    const dead = join(folder, 'dead')
    makeFolder(dead)
    moved(waiting.file, join(dead, `${randomUUID()}.json`))
  }
  const next = (): void => {
    const now = performance.now()
    if (now < pausedUntil) return void later(pausedUntil - now)
    // Once it seems to be gone, one message tries whether the receiver is there again.
    const most = failures >= PATIENCE ? 1 : MAX_UNDERWAY
    while (underway.size < most && !stop.signal.aborted) {
      const waiting = queue.shift()
      if (waiting === undefined) return
      const sent = send(waiting).then(() => {
        underway.delete(sent)
        if (!draining || failures < PATIENCE) next()
      })
      underway.add(sent)
    }
  }
  const later = (ms: number) => {
    if (timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      next()
    }, ms)
    timer.unref()
  }
  const adoptNow = () => {
    try {
      adopt()
    } catch (error) {
      report(`messages of '${sink.name}' that wait in '${folder}' cannot be read: ${messageOf(error)}`)
    }
  }
  adoptNow()
  if (queue.length > 0) later(0)
  return {
    name: sink.name,
    offer(delivery) {
      const taken = direct.offer(delivery)
      const message = delivery.final ? part.message(delivery) : undefined
      if (message !== undefined) {
        keep(message)
        next()
      }
      return taken
    },
    async drain(signal) {
      draining = true
      clearTimeout(timer)
      timer = undefined
      pausedUntil = 0
      const abort = () => stop.abort()
      signal.addEventListener('abort', abort, { once: true })
      if (performance.now() - adoptedAt > 1_000) adoptNow()
      failures = 0
      next()
      const stopped = aborted(signal)
      while (underway.size > 0 && !signal.aborted) await Promise.race([...underway, stopped])
      await direct.drain(signal)
      signal.removeEventListener('abort', abort)
      draining = false
    },
    counts: () => ({
      waiting: queue.length + underway.size + direct.counts().waiting,
      dropped: dropped + direct.counts().dropped,
    }),
    async close() {
      clearTimeout(timer)
      stop.abort()
      const lost = queue.filter(({ file }) => file === undefined).length
      if (lost > 0) report(`${lost} messages of '${sink.name}' were not sent, and there is no folder to keep them in`)
      await sink.close?.()
    },
  }
}

/** How long nothing is sent after so many failures in a row, in milliseconds; not the same for everybody who waits. */
function pauseAfter(failures: number): number {
  if (failures < PATIENCE) return 0
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - PATIENCE), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2)
}

/** One file for a message, however often its document is revised; the name tells who may send it. */
function messageFile(id: string): string {
  return `${createHash('sha256').update(id).digest('hex').slice(0, 24)}.${ownerName()}.json`
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch {
    // Another process was faster.
    return false
  }
}

function ageOf({ file }: Waiting): number {
  const facts = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })
  return facts === undefined ? 0 : Date.now() - facts.mtimeMs
}
