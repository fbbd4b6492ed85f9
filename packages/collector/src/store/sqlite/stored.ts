import type { SpanRecord } from '@runspan/results/core'
import { toShelf } from '../placement.js'
import type { StoredRun } from '../run-store.js'
import type { Database } from './driver.js'

/** Makes the function that reads everything about one run. */
export function readStored(database: Database): (key: string) => StoredRun | undefined {
  const homeOf = database.prepare('SELECT id, revision FROM homes WHERE key = ?')
  const bodies = database.prepare('SELECT body FROM records WHERE home = ?')
  const readHome = (key: string): StoredRun | undefined => {
    const home = homeOf.get(key)
    if (home === undefined) return undefined
    const records = bodies.all(Number(home.id)).map((row) => JSON.parse(String(row.body)) as SpanRecord)
    return { records, revision: Number(home.revision) }
  }
  return (key) => {
    const run = readHome(key) ?? { records: [], revision: 0 }
    // Also when the run itself has no home: then it begins with a span that named none.
    const traces = new Set([key.slice(0, 32), ...run.records.map((record) => record.traceId)])
    for (const traceId of traces) {
      const shelf = readHome(toShelf(traceId))
      if (shelf === undefined) continue
      run.records.push(...shelf.records)
      run.revision += shelf.revision
    }
    return run.records.length === 0 ? undefined : run
  }
}
