import { ownerOf, parseRunKey, placeByParent, runKeysOf, type SpanRecord, toRunKey } from '@runspan/results/core'
import { type Entry, readJournal, recordsIn } from './journal.js'
import { findJournals, joinedFolder, list } from './layout.js'

/**
 * The runs whose documents do not yet say all that the journals do, with their records.
 *
 * @param places is told where documents stand that do not say whose they are.
 */
export function readOwned(
  gone: readonly { path: string }[],
  read: (path: string) => Entry[],
  places: Map<string, string>,
): Map<string, SpanRecord[]> {
  const records = new Map<string, SpanRecord[]>()
  const keyless = new Map<string, { record: SpanRecord; at: number }[]>()
  /** The number of the last entry that tells of a run, and of the one that says all before it is written. */
  const [toldAt, writtenAt] = [new Map<string, number>(), new Map<string, number>()]
  const tell = (key: string, record: SpanRecord, at: number) => {
    addTo(records, key, record)
    toldAt.set(key, Math.max(at, toldAt.get(key) ?? 0))
  }
  let at = 0
  for (const entry of gone.flatMap(({ path }) => read(path))) {
    at += 1
    if (entry.kind === 'written') writtenAt.set(entry.key, at)
    else if (entry.kind === 'placed') places.set(entry.key, entry.path)
    else {
      const keys = runKeysOf(entry.record)
      if (keys === undefined) addTo(keyless, toRunKey(entry.record), { record: entry.record, at })
      for (const key of keys ?? []) tell(key, entry.record, at)
    }
  }
  for (const [owner, spans] of placeKeyless(keyless, records))
    for (const span of spans) for (const one of keyless.get(toRunKey(span)) ?? []) tell(owner, one.record, one.at)
  return new Map([...records].filter(([key]) => (toldAt.get(key) ?? 0) > (writtenAt.get(key) ?? 0)))
}

function placeKeyless(
  keyless: ReadonlyMap<string, readonly { record: SpanRecord }[]>,
  records: ReadonlyMap<string, readonly SpanRecord[]>,
): Map<string, SpanRecord[]> {
  if (keyless.size === 0) return new Map()
  const owners = new Map<string, string>()
  for (const [key, list] of records) for (const record of list) owners.set(toRunKey(record), ownerOf(record, key))
  const spans = [...keyless].flatMap(([id, [first]]) => (first === undefined ? [] : [[id, first.record] as const]))
  return placeByParent(new Map(spans), owners)
}

function addTo<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [one])
  else list.push(one)
}

/** Adds what was done for runs whose owner is gone. */
export function readJoined(
  root: string,
  own: readonly { path: string; gone: boolean }[],
  found: Map<string, SpanRecord[]>,
  read: (path: string) => Entry[],
  faults: unknown[],
): void {
  const keys = list(joinedFolder(root))
  if (keys.length === 0) return
  const alive = ownedKeys(own)
  for (const key of keys) {
    if (alive.has(key) || parseRunKey(key) === undefined) continue
    const journals = findJournals(joinedFolder(root, key))
    if (!found.has(key) && journals.some(({ gone }) => !gone)) continue
    const records: SpanRecord[] = []
    for (const { path, gone } of journals) {
      try {
        records.push(...recordsIn(gone ? read(path) : readThere(path)))
      } catch (error) {
        // What was read of the others is deleted when it is told, so it must be told.
        faults.push(error)
      }
    }
    if (records.length > 0) found.set(key, [...(found.get(key) ?? []), ...records])
  }
}

/** The runs that living processes own, as their journals say. */
export function ownedKeys(journals: readonly { path: string; gone: boolean }[]): Set<string> {
  const alive = new Set<string>()
  for (const { path, gone } of journals) if (!gone) for (const key of rootsIn(path)) alive.add(key)
  return alive
}

function rootsIn(path: string): string[] {
  return [...recordsIn(readThere(path))].map(toRunKey)
}

/** What the journal of a living process says; nothing when it has just finished it: it is found under its new name later. */
function readThere(path: string): Entry[] {
  try {
    return readJournal(path).entries
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
