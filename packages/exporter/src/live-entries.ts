import type { Entry } from './journal/journal.js'
import { isOwing } from './open-run.js'
import type { Placing } from './place-records.js'
import type { Shelf } from './shelf.js'

/** What is to stand in the journal of this thread when it is made anew. */
export function* liveEntries({ runs, files }: Shelf, placing: Placing): Iterable<Entry> {
  for (const record of placing.waiting()) yield { kind: 'record', record }
  for (const run of runs.values()) {
    if (run.joined) continue
    const written = run.endedAt !== undefined && !isOwing(run)
    const records = written && run.root !== undefined ? [run.root] : run.records.records()
    for (const record of records) yield { kind: 'record', record }
    if (written) yield { kind: 'written', key: run.key, revision: run.revision }
    const path = run.noted ? files?.pathOf(run.key) : undefined
    if (path !== undefined) yield { kind: 'placed', key: run.key, path }
  }
}
