import { createRequire } from 'node:module'

/** The part of SQLite's two drivers that is used here; they agree on it. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

export interface Statement {
  run(...values: SqlValue[]): { changes: number | bigint }
  get(...values: SqlValue[]): Row | undefined
  all(...values: SqlValue[]): Row[]
}

export type SqlValue = string | number | null
export type Row = Record<string, unknown>

type Driver = new (file: string) => Database

/** Opens a database file with the driver that Node brings along, or with `libsql` where it has none. */
export function openFile(file: string): Database {
  const Builtin = withoutWarning(
    () => process.getBuiltinModule?.('node:sqlite') as { DatabaseSync: Driver } | undefined,
  )
  if (Builtin !== undefined) return new Builtin.DatabaseSync(file)
  const Libsql = createRequire(import.meta.url)('libsql') as Driver
  return new Libsql(file)
}

/** Node 22 warns at every start that its driver is experimental: that is our choice, and no news for who runs this. */
function withoutWarning<T>(load: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}

/** SQLite's own numbers for the faults that are told apart here. */
const RESULT_CODES = { SQLITE_BUSY: 5, SQLITE_CORRUPT: 11, SQLITE_NOTADB: 26 } as const

/** True when an error of either driver has this result code. */
export function isSqliteFault(error: unknown, name: keyof typeof RESULT_CODES): boolean {
  if (!(error instanceof Error)) return false
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (typeof errcode === 'number') return (errcode & 0xff) === RESULT_CODES[name]
  return typeof code === 'string' && code.startsWith(name)
}
