import { statSync } from 'node:fs'
import { SILENCE_MS } from './journal/owner.js'
import { aborted, closeSink, createLane, type Lane, messageOf } from './lane.js'
import { createOutboxFolder, type OutboxFolder } from './outbox-folder.js'
import { type OutboxMessage, type OutboxPart, SendError, type Sink } from './sink.js'
import { untraced } from './untraced.js'

/** Messages that may wait for one receiver. */
const MAX_WAITING = 10_000
/** How long they may be in all when they cannot be kept on the disk. */
const MAX_IN_MEMORY = 16 * 1024 * 1024
/** Messages of others are taken over so many at a time: there may be very many. */
const MAX_ADOPTED = 200
const MAX_UNDERWAY = 4
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 60_000
/** So many failures in a row say that the receiver is gone; fewer are the message's own bad luck. */
const PATIENCE = 3
/** One attempt that took so long for nothing says the same. */
const SLOW_MS = 1_000
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
 * @param name of the messages' own folder in it.
 */
export function createOutboxLane(
  sink: Sink,
  part: OutboxPart,
  root: string | undefined,
  report: (message: string) => void,
  name = part.id,
): Lane {
  const direct = createLane({ name: sink.name, write: (delivery) => sink.write(delivery) }, report)
  const folder = root === undefined ? undefined : createOutboxFolder(root, name)
  const queue: Waiting[] = []
  const underway = new Set<Promise<void>>()
  let stop = new AbortController()
  let [dropped, failures, pausedUntil, restUntil, lookedAt] = [0, 0, 0, 0, Number.NEGATIVE_INFINITY]
  let timer: NodeJS.Timeout | undefined
  let draining = 0
  let closed = false

  const attempt = (work: () => void, what: string) => {
    try {
      work()
    } catch (error) {
      report(`${what}: ${messageOf(error)}`)
    }
  }
  const drop = (why: string) => {
    dropped += 1
    report(`a message of '${sink.name}' was given up: ${why}`)
  }
  const keep = (message: OutboxMessage): void => {
    if (queue.length >= MAX_WAITING) {
      drop(`more than ${MAX_WAITING} wait`)
      return
    }
    if (folder !== undefined && isStored(folder, message)) return
    if (lengthInMemory() + message.body.length > MAX_IN_MEMORY)
      drop(`more than ${MAX_IN_MEMORY} characters wait in memory`)
    else queue.push({ file: undefined, message })
  }
  const lengthInMemory = () => queue.reduce((sum, { message }) => sum + (message?.body.length ?? 0), 0)
  /** False when the disk does not take it. */
  const isStored = (place: OutboxFolder, message: OutboxMessage): boolean => {
    try {
      const { file, isNew } = place.store(message)
      if (isNew) queue.push({ file, message: undefined })
      return true
    } catch (error) {
      report(
        `a message of '${sink.name}' waits in memory, because it cannot be kept in '${place.path}': ${messageOf(error)}`,
      )
      return false
    }
  }
  /** Messages that other processes left when they died. */
  const look = () =>
    attempt(() => {
      lookedAt = performance.now()
      folder?.look()
      if (queue.length < MAX_ADOPTED) adopt()
    }, `messages of '${sink.name}' that wait in '${folder?.path}' cannot be read`)
  const adopt = () => {
    for (const file of folder?.adopt(MAX_ADOPTED) ?? []) queue.push({ file, message: undefined })
  }
  const send = async (waiting: Waiting): Promise<void> => {
    const { signal } = stop
    const began = performance.now()
    try {
      const message = waiting.file === undefined ? waiting.message : folder?.read(waiting.file)
      if (message === undefined) return giveUp(waiting, 'its file holds no message any more')
      await untraced(() => part.send(message, signal))
    } catch (error) {
      if (signal.aborted) queue.unshift(waiting)
      else refused(waiting, error, performance.now() - began)
      return
    }
    failures = 0
    attempt(
      () => waiting.file && folder?.forget(waiting.file),
      `a message of '${sink.name}' that was sent is still there`,
    )
  }
  const refused = (waiting: Waiting, error: unknown, ms: number) => {
    report(`'${sink.name}' could not be sent a message: ${messageOf(error)}`)
    const known = error instanceof SendError ? error : undefined
    if (known?.permanent || ageOf(waiting) > MAX_AGE_MS) return giveUp(waiting, messageOf(error))
    queue.push(waiting)
    failures = Math.max(failures + 1, ms < SLOW_MS ? 0 : PATIENCE)
    const asked = Math.min(known?.retryAfterMs || 0, LONGEST_ASKED_MS)
    pause(Math.max(asked, pauseAfter(failures)), Math.max(asked, ms < SLOW_MS ? 0 : ms))
  }
  /** Sends nothing for so long; a drain, which may be the end of the program, sends nothing for `restMs`. */
  const pause = (ms: number, restMs: number) => {
    const now = performance.now()
    pausedUntil = now + ms
    restUntil = Math.max(restUntil, now + restMs)
  }
  const giveUp = ({ file }: Waiting, why: string) => {
    attempt(() => file && folder?.bury(file), `a message of '${sink.name}' could not be put aside`)
    drop(why)
  }
  const next = (): void => {
    const now = performance.now()
    if (closed) return
    if (now < pausedUntil) return void later(pausedUntil - now)
    // Once it seems to be gone, one message tries whether the receiver is there again.
    const most = failures >= PATIENCE ? 1 : MAX_UNDERWAY
    while (underway.size < most) {
      if (queue.length === 0) adopt()
      const waiting = queue.shift()
      if (waiting === undefined) return
      const sent = send(waiting).then(() => {
        underway.delete(sent)
        if (draining === 0 || failures < PATIENCE) next()
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
  /** Who did not answer until now would not do so a moment later. */
  const giveIn = () => {
    if (underway.size > 0) {
      failures = Math.max(failures, PATIENCE)
      pause(pauseAfter(failures), SLOW_MS)
    }
    stop.abort()
    stop = new AbortController()
  }
  look()
  if (queue.length > 0) later(0)
  return {
    name: sink.name,
    offer(delivery) {
      const taken = direct.offer(delivery)
      try {
        const message = delivery.final ? part.message(delivery) : undefined
        if (message !== undefined) keep(message)
      } catch (error) {
        drop(`it could not be made: ${messageOf(error)}`)
      }
      if (performance.now() - lookedAt > SILENCE_MS) look()
      next()
      return taken
    },
    async drain(signal) {
      draining += 1
      clearTimeout(timer)
      timer = undefined
      if (performance.now() >= restUntil) [failures, pausedUntil] = [0, 0]
      signal.addEventListener('abort', giveIn, { once: true })
      if (performance.now() - lookedAt > 1_000) look()
      next()
      const stopped = aborted(signal)
      while (underway.size > 0 && !signal.aborted) await Promise.race([...underway, stopped])
      await Promise.race([folder?.synced(), stopped])
      await direct.drain(signal)
      signal.removeEventListener('abort', giveIn)
      draining -= 1
      next()
    },
    counts: () => ({
      waiting: queue.length + underway.size + direct.counts().waiting,
      dropped: dropped + direct.counts().dropped,
    }),
    async close() {
      closed = true
      clearTimeout(timer)
      stop.abort()
      const lost = queue.filter(({ file }) => file === undefined).length
      if (lost > 0) report(`${lost} messages of '${sink.name}' were not sent, and there is no folder to keep them in`)
      await closeSink(sink, report)
    },
  }
}

/** How long nothing is sent after so many failures in a row, in milliseconds; not the same for everybody who waits. */
function pauseAfter(failures: number): number {
  if (failures < PATIENCE) return 0
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - PATIENCE), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2)
}

function ageOf({ file }: Waiting): number {
  try {
    return file === undefined ? 0 : Date.now() - statSync(file).mtimeMs
  } catch {
    // What cannot be looked at is not known to be old.
    return 0
  }
}
