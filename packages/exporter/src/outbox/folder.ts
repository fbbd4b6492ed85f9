import { createHash, randomUUID } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dropDraft, placeDraft, syncFolderSoon, syncSoon, writeUnsyncedDraft } from '../atomic-write.js'
import { toFileName } from '../file-name.js'
import { hiddenFolder, list, temporaryFolder } from '../journal/layout.js'
import { isGone, ownerName } from '../journal/owner.js'
import { makeFolder } from '../make-folder.js'
import type { OutboxMessage } from '../sink.js'

/** The messages for one receiver that wait on the disk: each is a file, whose name tells who may send it. */
export interface OutboxFolder {
  readonly path: string
  /**
   * Keeps a message: it outlives this process when this returns, and a power cut a moment later. One of the same id that
   * waits in that file already gives way to it.
   */
  store(message: OutboxMessage): { readonly file: string; readonly isNew: boolean }
  /** Resolves when what was stored outlives a power cut. */
  synced(): Promise<void>
  /** Looks anew for messages that nobody is left to send. */
  look(): void
  /** Takes up to so many of those that were found. */
  adopt(most: number): string[]
  /** What a file says; undefined when somebody has taken the file away. */
  read(file: string): OutboxMessage | 'damaged' | undefined
  forget(file: string): void
  /** Keeps it beside, for a person to look at: nobody will ever take it. */
  bury(file: string): void
  /** Leaves its messages to whoever looks next. */
  close(): void
}

/** Messages that nobody will take, the latest. */
const MAX_DEAD = 1_000

/** Files that somebody in this process has: one that closes may still send what the next one finds. */
const held = new Set<string>()

/** Begins to keep messages for one receiver below a results folder. */
export function createOutboxFolder(root: string, receiver: string): OutboxFolder {
  const path = join(hiddenFolder(root), 'outbox', toFileName(receiver))
  const dead = join(path, 'dead')
  const own = new Set<string>()
  let found: string[] = []
  let alive = new Set<string>()
  const unsynced = new Set<string>()
  let syncing: Promise<void> | undefined

  const sync = async (): Promise<void> => {
    while (unsynced.size > 0) {
      for (const file of unsynced) {
        unsynced.delete(file)
        await syncSoon(file)
      }
      await syncFolderSoon(path)
    }
    syncing = undefined
  }
  const hold = (file: string): void => {
    own.add(file)
    held.add(file)
  }
  const letGo = (file: string): void => {
    own.delete(file)
    held.delete(file)
  }
  /** False for a message that somebody lives to send, and for what is no file. */
  const isLeft = (file: string, writer: string): boolean => {
    if (held.has(file) || alive.has(writer)) return false
    const facts = lstatSync(file, { throwIfNoEntry: false })
    if (!facts?.isFile()) return false
    if (writer === ownerName() || isGone(writer, Date.now() - facts.mtimeMs)) return true
    alive.add(writer)
    return false
  }
  return {
    path,
    store(message) {
      const file = join(path, messageFile(message.id))
      const draft = writeUnsyncedDraft(JSON.stringify(message), temporaryFolder(root))
      try {
        placeDraft(draft, file, 'replace')
      } catch (error) {
        dropDraft(draft)
        throw error
      }
      unsynced.add(file)
      syncing ??= sync()
      const isNew = !own.has(file)
      hold(file)
      return { file, isNew }
    },
    synced: () => syncing ?? Promise.resolve(),
    look() {
      found = list(path).filter((name) => name.endsWith('.json'))
      alive = new Set()
    },
    adopt(most) {
      const taken: string[] = []
      while (taken.length < most) {
        const name = found.pop()
        if (name === undefined) break
        const [digest, writer = ''] = name.split('.')
        const file = join(path, name)
        if (!isLeft(file, writer)) continue
        const ours = join(path, `${digest}.${ownerName()}.json`)
        // The same message, and newer, waits here already.
        if (held.has(ours)) rmSync(file, { force: true })
        else if (moved(file, ours)) {
          hold(ours)
          taken.push(ours)
        }
      }
      return taken
    },
    read(file) {
      try {
        const { id, body } = JSON.parse(readFileSync(file, 'utf8')) as Partial<OutboxMessage>
        return typeof id === 'string' && typeof body === 'string' ? { id, body } : 'damaged'
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof TypeError) return 'damaged'
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    forget(file) {
      rmSync(file, { force: true })
      letGo(file)
    },
    bury(file) {
      if (existsSync(file)) {
        makeFolder(dead)
        renameSync(file, join(dead, `${Date.now()}-${randomUUID()}.json`))
        const names = list(dead)
        const tooMany = names.slice(0, Math.max(0, names.length - MAX_DEAD))
        for (const name of tooMany) rmSync(join(dead, name), { force: true })
      }
      letGo(file)
    },
    close() {
      for (const file of own) letGo(file)
    },
  }
}

/** One file for a message, however often its document is revised; the name tells who may send it. */
function messageFile(id: string): string {
  return `${createHash('sha256').update(id).digest('hex').slice(0, 24)}.${ownerName()}.json`
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch {
    // Another process was faster.
    return false
  }
}
