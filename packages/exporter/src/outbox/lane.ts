import { SILENCE_MS } from '../journal/owner.js'
import { createLane, type Lane } from '../lane.js'
import { messageOf } from '../message-of.js'
import { type OutboxPart, SendError, type Sink } from '../sink.js'
import { untraced } from '../untraced.js'
import { aborted } from '../within.js'
import type { OutboxFolder } from './folder.js'
import { createPace } from './pace.js'
import { createOutboxQueue, type Waiting } from './queue.js'

/** A drain that follows another one so closely does not look again for messages of the dead. */
const LOOK_REST_MS = 1_000

/**
 * The lane of a sink whose messages must arrive: each is a file until the receiver has it, so that it outlives the
 * process. Sent at least once, with the same id each time.
 *
 * @param folder where its messages wait; without one, they wait in memory.
 */
export function createOutboxLane(
  sink: Sink,
  part: OutboxPart,
  folder: OutboxFolder | undefined,
  report: (message: string) => void,
): Lane {
  const { name } = sink
  const direct = createLane({ name, write: (delivery) => sink.write(delivery), close: () => sink.close?.() }, report)
  const queue = createOutboxQueue(name, folder, report)
  const pace = createPace()
  const underway = new Set<Promise<void>>()
  let stop = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let draining = 0
  let closed = false

  const send = async (waiting: Waiting): Promise<void> => {
    const { signal } = stop
    const began = performance.now()
    try {
      const message = queue.read(waiting)
      if (message === undefined) return
      await untraced(() => part.send(message, signal))
    } catch (error) {
      if (signal.aborted) queue.putBack(waiting)
      else refused(waiting, error, performance.now() - began)
      return
    }
    pace.took()
    queue.sent(waiting)
  }
  const refused = (waiting: Waiting, error: unknown, tookMs: number) => {
    const why = messageOf(error)
    report(`'${name}' could not be sent a message: ${why}`)
    const known = error instanceof SendError ? error : undefined
    const permanent = known?.permanent === true
    queue.refused(waiting, why, permanent)
    // What it will never take says nothing of the receiver.
    if (!permanent) pace.failed(tookMs, known?.retryAfterMs || 0)
  }
  const next = (): void => {
    if (closed) return
    const waitMs = pace.waitMs()
    if (waitMs > 0) return void later(waitMs)
    while (underway.size < pace.most()) {
      const waiting = queue.take()
      if (waiting === undefined) return
      const sent = send(waiting).then(() => {
        underway.delete(sent)
        if (draining === 0 || !pace.isGone()) next()
      })
      underway.add(sent)
    }
  }
  const later = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined
      next()
    }, ms).unref()
  }
  const cancelLater = () => {
    clearTimeout(timer)
    timer = undefined
  }
  const giveIn = () => {
    if (underway.size > 0) pace.silent()
    stop.abort()
    stop = new AbortController()
  }
  queue.look(0)
  if (queue.size() > 0) later(0)
  return {
    name,
    offer(delivery) {
      if (closed) return false
      const taken = direct.offer(delivery)
      try {
        const message = delivery.final ? untraced(() => part.message(delivery)) : undefined
        if (message !== undefined) queue.keep(message)
      } catch (error) {
        queue.drop(`it could not be made: ${messageOf(error)}`)
      }
      queue.look(SILENCE_MS)
      next()
      return taken
    },
    async drain(signal) {
      draining += 1
      cancelLater()
      pace.hurry()
      signal.addEventListener('abort', giveIn, { once: true })
      queue.look(LOOK_REST_MS)
      next()
      const stopped = aborted(signal)
      while (underway.size > 0 && !signal.aborted) await Promise.race([...underway, stopped])
      await Promise.race([queue.synced(), stopped])
      await direct.drain(signal)
      signal.removeEventListener('abort', giveIn)
      draining -= 1
      next()
    },
    counts: () => ({
      waiting: queue.size() + direct.counts().waiting,
      dropped: queue.dropped() + direct.counts().dropped,
    }),
    async close() {
      if (closed) return
      closed = true
      cancelLater()
      stop.abort()
      queue.close()
      await direct.close()
    },
  }
}
