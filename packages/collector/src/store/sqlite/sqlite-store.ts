import type { SpanRecord } from '@runspan/results/core'
import { CollectorError } from '../../collector-error.js'
import type { Appended, RunPage, RunQuery, RunStore, StoredRun } from '../run-store.js'
import { openHeld } from './open.js'
import { createReader } from './read.js'
import { createWriter } from './write.js'

/** How long a store counts as not ready after it could not be written, in milliseconds; then it gets another try. */
const NOT_READY_MS = 5_000

interface Waiting {
  readonly records: readonly SpanRecord[]
  resolve(appended: Appended): void
  reject(error: unknown): void
}

/**
 * Opens a store in one SQLite file, made when it is not there. What {@link RunStore.append} acknowledged is on disk: it
 * survives a kill at any moment and, as far as the disk keeps what it says it wrote, a power cut.
 *
 * @throws CollectorError when another process has the file open, or it is none of ours.
 */
export function openSqliteStore(file: string): RunStore {
  const held = openHeld(file)
  const write = createWriter(held.database)
  const reader = createReader(held.database, write)
  let waiting: Waiting[] = []
  let fault: { cause: unknown; until: number } | undefined
  let closed = false

  /** Commits requests in one transaction: one wait for the disk for all of them. */
  const commit = (batch: readonly Waiting[]) => {
    try {
      const results = write.transaction(() => batch.map(({ records }) => write.add(records)))
      fault = undefined
      batch.forEach(({ resolve }, index) => {
        resolve(results[index]!)
      })
    } catch (error) {
      // What is wrong with one of them must not cost the others.
      if (batch.length > 1) for (const each of batch) commit([each])
      else fail(batch[0]!, error)
    }
  }
  const fail = ({ reject }: Waiting, error: unknown) => {
    fault = { cause: error, until: performance.now() + NOT_READY_MS }
    reject(unavailable(error))
  }
  const commitWaiting = () => {
    const batch = waiting
    waiting = []
    if (batch.length > 0) commit(batch)
  }

  return {
    name: `SQLite ${file}`,
    append(records) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(unavailable('it is closed'))
        waiting.push({ records, resolve, reject })
        if (waiting.length === 1) setImmediate(commitWaiting)
      })
    },
    async read(key): Promise<StoredRun | undefined> {
      return reader.read(key)
    },
    async list(query: RunQuery): Promise<RunPage> {
      return reader.list(query)
    },
    async check() {
      if (closed) throw unavailable('it is closed')
      if (fault !== undefined && performance.now() < fault.until) throw unavailable(fault.cause)
    },
    async close() {
      if (closed) return
      closed = true
      commitWaiting()
      held.close()
    },
  }
}

function unavailable(cause: unknown): CollectorError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CollectorError('store_unavailable', `The store cannot be written: ${why}.`, { cause })
}
