import type { RunPage, RunQuery, RunSummary, StoredRun } from '../run-store.js'
import type { Database, Row, SqlValue } from './driver.js'
import { readStored } from './stored.js'
import type { Writer } from './write.js'

/** How long one list may count runs anew, in milliseconds; the rest say `steps: null` until the next time. */
const REFRESH_MS = 100

/** Ends every text of that beginning, in the order of SQLite's bytes. */
const LAST = '\u{10ffff}'

export interface Reader {
  read(key: string): StoredRun | undefined
  list(query: RunQuery): RunPage
}

export function createReader(database: Database, writer: Writer): Reader {
  return {
    read: readStored(database),
    list(query) {
      const { text, values } = toSql(query)
      const rows = database.prepare(text).all(...values)
      const shown = rows.slice(0, query.limit)
      const last = shown.at(-1)
      const next = rows.length > query.limit && last ? { start: String(last.start), key: String(last.key) } : null
      return { runs: toSummaries(shown, writer), next }
    },
  }
}

function toSql(query: RunQuery): { text: string; values: SqlValue[] } {
  const anyPlace = query.run !== undefined || query.q !== undefined
  const where = [`place IN ('outer', ${anyPlace ? `'nested', ` : ''}'unknown')`]
  const values: SqlValue[] = []
  const demand = (condition: string, ...given: SqlValue[]) => {
    where.push(condition)
    values.push(...given)
  }
  if (query.before !== undefined) demand('(start, key) < (?, ?)', query.before.start, query.before.key)
  if (query.workflow !== undefined) demand('workflow = ?', query.workflow)
  if (query.outcome !== undefined) demand('outcome = ?', query.outcome)
  if (query.run !== undefined) demand('run_id = ?', query.run)
  if (query.q !== undefined) {
    const { q } = query
    demand('((run_id >= ? AND run_id < ?) OR (key >= ? AND key < ?))', q, q + LAST, q, q + LAST)
  }
  values.push(query.limit + 1)
  return {
    text: `SELECT key, start, summary, stale FROM homes WHERE ${where.join(' AND ')} ORDER BY start DESC, key DESC LIMIT ?`,
    values,
  }
}

function toSummaries(rows: readonly Row[], writer: Writer): RunSummary[] {
  const asStored = (row: Row) => JSON.parse(String(row.summary)) as RunSummary
  if (!rows.some((row) => row.stale)) return rows.map(asStored)
  const until = performance.now() + REFRESH_MS
  try {
    return writer.transaction(() =>
      rows.map((row) => {
        if (!row.stale || performance.now() > until) return asStored(row)
        return writer.refresh(String(row.key)) ?? asStored(row)
      }),
    )
  } catch {
    // A store that cannot be written can still be read; its lines are counted when it can.
    return rows.map(asStored)
  }
}
