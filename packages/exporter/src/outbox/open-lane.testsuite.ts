import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ownerName } from '../journal/owner.js'
import type { OutboxMessage, OutboxPart, Sink } from '../sink.js'
import { createOutboxFolder } from './folder.js'
import { createOutboxLane } from './lane.js'

/** The name of a process that has died: its start time is another's. */
export const DEAD = ownerName().replace(/\d+$/, '1')

/** A sink whose messages are sent by `send`. */
export function sinkOf(send: OutboxPart['send'], message?: OutboxPart['message']): Sink {
  const one = ({ key }: { key: string }) => ({ id: key, body: '{}' })
  return { name: 'test', write: () => undefined, outbox: { id: 'test', message: message ?? one, send } }
}

/** The lane of a sink that has an outbox, closed when the test is over, and what it has said. */
export function openLane(root: string | undefined, sink: Sink) {
  if (sink.outbox === undefined) throw new Error(`${sink.name} has no outbox`)
  const said: string[] = []
  const folder = root === undefined ? undefined : createOutboxFolder(root, sink.outbox.id)
  const lane = createOutboxLane(sink, sink.outbox, folder, (text) => said.push(text))
  onTestFinished(() => lane.close())
  return { lane, said }
}

/** Where the messages of {@link sinkOf} wait. */
export function boxOf(root: string): string {
  return join(root, '.runspan', 'outbox', 'test')
}

/** Leaves messages there, as a dead process does. */
export function leave(root: string, texts: readonly string[]): void {
  mkdirSync(boxOf(root), { recursive: true })
  for (const [n, text] of texts.entries()) writeFileSync(join(boxOf(root), `m${n}.${DEAD}.json`), text)
}

/** Never answers. */
export function never(_: OutboxMessage, signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
}
