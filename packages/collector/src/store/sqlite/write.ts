import { createRunFold, type SpanRecord, toRunKey } from '@runspan/results/core'
import { findRoot, type Place, toHomes, toPlace } from '../placement.js'
import { type Appended, MAX_VERSIONS, type RunSummary } from '../run-store.js'
import { findDocument, toRunSummary, toSortableStart } from '../summary.js'
import type { Database } from './driver.js'
import { readStored } from './stored.js'

export interface Writer {
  /** Runs `work` in a transaction; whatever it throws undoes all of it. */
  transaction<T>(work: () => T): T
  add(records: readonly SpanRecord[]): Appended
  /** Counts a run anew from all its records, and returns its line in the list. */
  refresh(key: string): RunSummary | undefined
}

export function createWriter(database: Database): Writer {
  const upsertHome = database.prepare(`
    INSERT INTO homes (key, place, start, workflow, run_id, outcome, summary, stale, revision)
    VALUES (?, ?, ?, ?, ?, ?, ?, 1, 1)
    ON CONFLICT (key) DO UPDATE SET stale = 1, revision = revision + 1,
      start = CASE WHEN place = 'unknown' THEN min(start, excluded.start) ELSE start END
    RETURNING id, revision`)
  const describeHome = database.prepare(`
    UPDATE homes SET place = ?, start = ?, workflow = ?, run_id = ?, outcome = ?, summary = ?, stale = ? WHERE key = ?`)
  const insertRecord = database.prepare(
    'INSERT OR IGNORE INTO records (home, span, phase, version, body) VALUES (?, ?, ?, ?, ?)',
  )
  const versionsOf = database.prepare('SELECT body FROM records WHERE home = ? AND span = ? AND phase = ?')
  const staleTrace = database.prepare(`UPDATE homes SET stale = 1 WHERE key >= ? AND key < ? AND place <> 'shelf'`)
  const unchanged = database.prepare('UPDATE homes SET revision = revision - 1 WHERE id = ?')
  const stored = readStored(database)

  const keep = (home: number, key: string, record: SpanRecord): Kept => {
    // Nearly all spans are of their run's own trace: then its id need not be said again.
    const span = key.startsWith(record.traceId) ? record.spanId : toRunKey(record)
    const body = JSON.stringify(record)
    if (Number(insertRecord.run(home, span, record.phase, 0, body).changes) > 0) return 'first'
    const bodies = versionsOf.all(home, span, record.phase).map((row) => row.body)
    if (bodies.includes(body)) return 'repeated'
    if (bodies.length >= MAX_VERSIONS) return 'dropped'
    insertRecord.run(home, span, record.phase, bodies.length, body)
    return 'version'
  }

  const addHome = (key: string, records: readonly SpanRecord[], root: SpanRecord | undefined): number => {
    const start = toSortableStart(root === undefined ? records : [root])
    const summary = summaryOf(key, root, start)
    const place = toPlace(key, root)
    const known = upsertHome.get(
      key,
      place,
      start,
      summary.workflow,
      summary.run_id,
      summary.outcome,
      JSON.stringify(summary),
    )
    if (root !== undefined && Number(known!.revision) > 1) describe(place, start, summary, true)
    return Number(known!.id)
  }

  const describe = (place: Place, start: string, summary: RunSummary, stale: boolean) => {
    const { workflow, run_id, outcome, key } = summary
    describeHome.run(place, start, workflow, run_id, outcome, JSON.stringify(summary), stale ? 1 : 0, key)
  }

  const refresh = (key: string): RunSummary | undefined => {
    const run = stored(key)
    const document = run && findDocument(key, run.records, run.revision)
    if (run === undefined || document === undefined) return undefined
    // The fold's own choice among versions of the root decides what is listed.
    const fold = createRunFold(key)
    for (const record of run.records) if (toRunKey(record) === key) fold.add(record)
    const [root] = fold.records()
    const start = toSortableStart(root === undefined ? run.records : [root])
    const summary = toRunSummary(document, start, true)
    describe(toPlace(key, root), start, summary, false)
    return summary
  }

  return {
    transaction(work) {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        rollBack(database)
        throw error
      }
    },
    add(records) {
      const appended = { added: 0, repeated: 0, dropped: 0 }
      for (const [key, own] of groupByHome(records)) {
        const root = findRoot(key, own)
        const home = addHome(key, own, root)
        let changed = false
        let contested = false
        for (const record of own) {
          const kept = keep(home, key, record)
          if (kept === 'first' || kept === 'version') changed = true
          if (record === root && kept !== 'first') contested = true
          // The span of a nested run stands in two homes, and is counted in one.
          if (toHomes(record)[0] === key) appended[COUNTED_AS[kept]] += 1
        }
        if (!changed) unchanged.run(home)
        if (contested) refresh(key)
        if (toPlace(key, root) === 'shelf') {
          const traceId = own[0]!.traceId
          staleTrace.run(`${traceId}-`, `${traceId}.`)
        }
      }
      return appended
    },
    refresh,
  }
}

function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // When the disk is full SQLite has rolled back by itself; the error that led here is the one to tell.
  }
}

/** What became of a record: the first of its span and phase, another version, an equal one, or one too many. */
type Kept = 'first' | 'version' | 'repeated' | 'dropped'

const COUNTED_AS = {
  first: 'added',
  version: 'added',
  repeated: 'repeated',
  dropped: 'dropped',
} as const satisfies Record<Kept, keyof Appended>

function groupByHome(records: readonly SpanRecord[]): Map<string, SpanRecord[]> {
  const homes = new Map<string, SpanRecord[]>()
  for (const record of records) {
    for (const key of toHomes(record)) {
      const known = homes.get(key)
      if (known === undefined) homes.set(key, [record])
      else known.push(record)
    }
  }
  return homes
}

/** What the root span alone tells; the steps are counted when somebody looks. */
function summaryOf(key: string, root: SpanRecord | undefined, start: string): RunSummary {
  const fold = createRunFold(key)
  if (root !== undefined) fold.add(root)
  return toRunSummary(fold.document(), start, false)
}
