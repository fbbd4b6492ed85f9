import type { Database } from './driver.js'

/** Marks a SQLite file as ours: the letters `RSPN`. */
export const APPLICATION_ID = 0x5253504e

/** Grows by one with every change of the tables; an older Runspan refuses a newer file. */
export const SCHEMA_VERSION = 1

const TABLES = `
  CREATE TABLE homes (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    place TEXT NOT NULL,
    start TEXT NOT NULL,
    workflow TEXT NOT NULL,
    run_id TEXT,
    outcome TEXT NOT NULL,
    summary TEXT NOT NULL,
    stale INTEGER NOT NULL,
    revision INTEGER NOT NULL
  );
  CREATE INDEX homes_by_start ON homes (start, key) WHERE place IN ('outer', 'unknown');
  CREATE INDEX homes_by_workflow ON homes (workflow, start, key) WHERE place IN ('outer', 'unknown');
  CREATE INDEX homes_by_outcome ON homes (outcome, start, key) WHERE place IN ('outer', 'unknown');
  CREATE INDEX homes_by_run_id ON homes (run_id, start, key) WHERE run_id IS NOT NULL;
  CREATE TABLE records (
    home INTEGER NOT NULL,
    span TEXT NOT NULL,
    phase TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (home, span, phase, version)
  ) WITHOUT ROWID;
`

/** Makes the tables in an empty file; in one transaction, so that a kill leaves all or nothing. */
export function createTables(database: Database): void {
  database.exec(`BEGIN IMMEDIATE; ${TABLES}
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
}
