import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { CollectorError } from '../../collector-error.js'
import { type Database, isSqliteFault, openFile } from './driver.js'
import { describeHolder, forgetHolder, noteHolder } from './holder.js'
import { APPLICATION_ID, createTables, SCHEMA_VERSION } from './schema.js'

/** How long to wait for a holder that is just closing, in milliseconds. */
const BUSY_WAIT_MS = 500

/**
 * `FULL` is what makes an acknowledgement outlive a power cut. The log may grow to 32 MB before it goes into the file,
 * and as much is kept in memory: bursts are written faster by it.
 */
const SETTINGS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA cache_size = -32000;
`

/** A database file that this process alone has open. */
export interface HeldDatabase {
  readonly database: Database
  close(): void
}

/**
 * Opens or makes the file and holds it, so that no other process can.
 *
 * @throws CollectorError `store_in_use`, `store_not_ours`, `store_too_new` or `store_unreadable`; nothing was changed then.
 */
export function openHeld(file: string): HeldDatabase {
  let database: Database | undefined
  try {
    makeFolder(dirname(file))
    // Records can hold what people typed: a new file is for its owner alone.
    closeSync(openSync(file, 'a', 0o600))
    database = openFile(file)
    hold(database, file)
    noteHolder(file)
  } catch (error) {
    database?.close()
    throw toStoreError(error, file)
  }
  const held = database
  let open = true
  return {
    database: held,
    close() {
      if (!open) return
      open = false
      release(held)
      held.close()
      forgetHolder(file)
    },
  }
}

/** Level by level: Node's own recursive form never ends where a file system refuses with ENOENT, as /proc does. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
}

function hold(database: Database, file: string): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_WAIT_MS}`)
  const owner = Number(database.prepare('PRAGMA application_id').get()?.application_id)
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_master').get()?.n)
  const empty = tables === 0 && owner === 0 && version === 0
  if (!empty && owner !== APPLICATION_ID) {
    throw new CollectorError(
      'store_not_ours',
      `"${file}" is a database of another program; give --store a file of its own.`,
    )
  }
  if (version > SCHEMA_VERSION) {
    throw new CollectorError(
      'store_too_new',
      `"${file}" was written by a newer Runspan (schema ${version}, this one knows ${SCHEMA_VERSION}); update runspan, or give --store another file.`,
    )
  }
  if (empty) database.exec('PRAGMA page_size = 8192')
  database.exec(SETTINGS)
  database.exec('BEGIN EXCLUSIVE; COMMIT')
  if (empty) createTables(database)
}

/**
 * Gives the lock back by hand: a driver may keep the file open until its statements are collected. SQLite does not let
 * go of an exclusive lock in WAL mode, so that mode is left first; what is in the log goes into the file by that.
 */
function release(database: Database): void {
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_master')
}

function toStoreError(error: unknown, file: string): CollectorError {
  if (error instanceof CollectorError) return error
  if (isSqliteFault(error, 'SQLITE_BUSY')) {
    return new CollectorError(
      'store_in_use',
      `"${file}" is in use by ${describeHolder(file)}; stop that one, or give --store another file.`,
    )
  }
  if (isSqliteFault(error, 'SQLITE_NOTADB')) {
    return new CollectorError('store_not_ours', `"${file}" is no database; give --store another file.`, {
      cause: error,
    })
  }
  const why = error instanceof Error ? error.message : String(error)
  return new CollectorError('store_unreadable', `"${file}" cannot be opened as a store: ${why}.`, { cause: error })
}
