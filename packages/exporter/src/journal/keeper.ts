import { existsSync, rmdirSync, rmSync } from 'node:fs'
import type { SpanRecord } from '@runspan/results/core'
import { interrupt, PROCESS_DIED } from '../interrupt.js'
import { type Entry, type Journal, openJournal, readJournal, recordsIn } from './journal.js'
import { findJournals, finishJournal, hiddenFolder, joinedFolder, joinedJournal, list, ownJournal } from './layout.js'
import { ownedKeys } from './read-journals.js'

/** Keeps the journals of this thread: its own, and one for each run of another process that it works for. */
export interface Keeper {
  /**
   * Writes a record down, before the caller goes on. Never throws.
   *
   * @param before the last record of the same span that was written down here, if it is known.
   */
  append(record: SpanRecord, before?: SpanRecord): void
  appendJoined(key: string, record: SpanRecord): void
  /** Says that everything known of a run is in its document. */
  written(key: string, revision: number): void
  /** Says in which file a running document stands, as that does not tell whose it is. */
  placed(key: string, path: string): void
  /** What other processes did for a run of this one, as far as it is new. */
  joinedRecords(key: string): SpanRecord[]
  /** The runs that other processes left something for. */
  joinedKeys(): string[]
  /** Forgets what other processes left for a run, as far as they are done and it stands in the document. */
  settleJoined(key: string): void
  /** Nothing of this thread is open in that run any more: what was done is handed over. */
  finishJoined(key: string): void
  /** To be called now and then: shows that this thread lives, keeps the journal short, repairs it after a fault. */
  tick(now: number): void
  /**
   * This process ends in order: its own journal goes, those for others are handed over.
   *
   * @param unwritten the own one says what no document does, and is handed over too.
   */
  close(unwritten: boolean): void
  /** Records that could not be written down. */
  lost(): number
  /** Records of other processes' runs that nobody came for. */
  dropped(): number
}

const TOUCH_MS = 10_000
/** A journal is made anew when it is this long and has doubled since the last time. */
const SHORT = 1024 * 1024
const RETRY_MS = 1_000
const TRIM_MS = 60_000
/** What was done for a run of another process waits so long for that process. */
const JOINED_MS = 7 * 24 * 60 * 60_000
/** And for so many runs. */
const MAX_JOINED = 1_000

/**
 * Begins to keep journals below a results folder.
 *
 * @param live everything that is to stand in this thread's own journal, for when it is made anew.
 * @param onFault hears why the journal of this thread cannot be written.
 */
export function createKeeper(
  root: string,
  live: () => Iterable<Entry>,
  report: (message: string) => void,
  onFault: (error: unknown) => void,
): Keeper {
  let own: Journal | undefined
  let limit = SHORT
  let broken = false
  let retryAt = 0
  let touchedAt = performance.now()
  let lost = 0
  let dropped = 0
  let trimmedAt = performance.now()
  const joined = new Map<string, Journal>()
  /** How many bytes of each journal of another process were read; negative when it was finished by then. */
  const seen = new Map<string, number>()

  const fault = (error: unknown) => {
    lost += 1
    broken = true
    onFault(error)
  }
  /** The journal of this thread; undefined while it cannot be written. */
  const ownOne = (): Journal | undefined => {
    if (broken) {
      lost += 1
      return undefined
    }
    own ??= openJournal(ownJournal(root))
    return own
  }
  const renew = () => {
    if (own !== undefined && !existsSync(own.path)) {
      own.close()
      own = undefined
    }
    own ??= openJournal(ownJournal(root))
    own.rewrite(live())
    limit = Math.max(SHORT, own.size() * 2)
  }
  /** The new file needs room beside the old one: where there is none, the old one still takes what comes. */
  const shorten = (journal: Journal) => {
    try {
      renew()
    } catch (error) {
      limit = journal.size() * 2
      report(`the journal in '${root}' cannot be made shorter, and grows: ${(error as Error).message}`)
    }
  }
  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      fault(error)
    }
  }
  /** Whoever comes next makes documents of it. */
  const handOver = (journal: Journal) => {
    attempt(() => {
      journal.close()
      finishJournal(journal.path)
    })
  }
  /** Nobody may ever come for what was done for others: it is kept for so long, and so much of it. */
  const trim = () => {
    const left = list(joinedFolder(root))
      .filter((key) => !joined.has(key))
      .map((key) => ({ key, journals: findJournals(joinedFolder(root, key)) }))
      .filter(({ journals }) => journals.length > 0 && journals.every(({ gone }) => gone))
      .map((one) => ({ ...one, silentMs: Math.min(...one.journals.map(({ silentMs }) => silentMs)) }))
      .sort((a, b) => a.silentMs - b.silentMs)
      .filter(({ silentMs }, index) => index >= MAX_JOINED || silentMs > JOINED_MS)
    if (left.length === 0) return
    const owned = ownedKeys(findJournals(hiddenFolder(root)))
    for (const { key, journals } of left) {
      if (owned.has(key)) continue
      for (const { path } of journals) {
        dropped += readThere(path)?.length ?? 0
        rmSync(path, { force: true })
        seen.delete(path)
      }
      removeFolder(joinedFolder(root, key))
      report(
        `what was done for runs of other processes that never came for it is deleted, after a week or beyond ${MAX_JOINED} runs`,
      )
    }
  }
  return {
    append(record, before) {
      try {
        ownOne()?.record(record, before)
      } catch (error) {
        fault(error)
      }
    },
    appendJoined(key, record) {
      try {
        const journal = joined.get(key) ?? openJournal(joinedJournal(root, key))
        joined.set(key, journal)
        journal.record(record)
      } catch (error) {
        lost += 1
        report(
          `what was done for runs of other processes cannot be written down in '${root}': ${(error as Error).message}`,
        )
      }
    },
    written(key, revision) {
      attempt(() => ownOne()?.append({ kind: 'written', key, revision }))
    },
    placed(key, path) {
      attempt(() => ownOne()?.append({ kind: 'placed', key, path }))
    },
    joinedKeys: () => list(joinedFolder(root)).filter((key) => !joined.has(key)),
    joinedRecords(key) {
      const records: SpanRecord[] = []
      for (const { path, bytes, gone } of findJournals(joinedFolder(root, key))) {
        const state = gone ? -bytes : bytes
        if (seen.get(path) === state) continue
        const entries = readThere(path)
        if (entries === undefined) continue
        seen.set(path, state)
        for (const record of recordsIn(entries)) records.push(gone ? interrupt(record, PROCESS_DIED) : record)
      }
      return records
    },
    settleJoined(key) {
      const folder = joinedFolder(root, key)
      for (const { path, bytes, gone } of findJournals(folder)) {
        // Only what was read: another one may have come a moment ago.
        if (!gone || seen.get(path) !== -bytes) continue
        rmSync(path, { force: true })
        seen.delete(path)
      }
      removeFolder(folder)
    },
    finishJoined(key) {
      const journal = joined.get(key)
      if (journal === undefined) return
      joined.delete(key)
      handOver(journal)
    },
    tick(now) {
      if (now - touchedAt >= TOUCH_MS) {
        touchedAt = now
        attempt(() => {
          // Somebody may have emptied the folder; then nothing would be found of what is written down.
          if (own !== undefined && !existsSync(own.path)) renew()
          own?.touch()
          for (const journal of joined.values()) journal.touch()
        })
      }
      if (now - trimmedAt >= TRIM_MS) {
        trimmedAt = now
        try {
          trim()
        } catch (error) {
          report(`what was done for runs of other processes in '${root}' cannot be looked through: ${String(error)}`)
        }
      }
      if (own !== undefined && !broken && own.size() > limit) shorten(own)
      if (broken && now >= retryAt) {
        retryAt = now + RETRY_MS
        broken = false
        attempt(renew)
      }
    },
    close(unwritten) {
      if (own !== undefined && unwritten) handOver(own)
      else attempt(() => own?.remove())
      own = undefined
      for (const journal of joined.values()) handOver(journal)
      joined.clear()
    },
    lost: () => lost,
    dropped: () => dropped,
  }
}

/** What a journal says; undefined when its writer has just renamed it: it is found under its new name later. */
function readThere(path: string): Entry[] | undefined {
  try {
    return readJournal(path).entries
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // There is still something in it, or none was ever made.
  }
}
