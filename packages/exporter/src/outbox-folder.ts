import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolderSoon } from './atomic-write.js'
import { toFileName } from './file-name.js'
import { hiddenFolder, list, temporaryFolder } from './journal/layout.js'
import { isGone, ownerName } from './journal/owner.js'
import { makeFolder } from './make-folder.js'
import type { OutboxMessage } from './sink.js'

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
  /** What a file says; undefined when that is no message, or when the file was taken away. */
  read(file: string): OutboxMessage | undefined
  forget(file: string): void
  /** Keeps it beside, for a person to look at: nobody will ever take it. */
  bury(file: string): void
}

/** Messages that nobody will take, the latest. */
const MAX_DEAD = 1_000

/** Begins to keep messages below a results folder. */
export function createOutboxFolder(root: string, id: string): OutboxFolder {
  const path = join(hiddenFolder(root), 'outbox', toFileName(id))
  const dead = join(path, 'dead')
  const held = new Set<string>()
  let found: string[] = []
  let alive = new Set<string>()
  const unsynced = new Set<string>()
  let syncing: Promise<void> | undefined

  const sync = async (): Promise<void> => {
    while (unsynced.size > 0) {
      for (const file of unsynced) {
        unsynced.delete(file)
        await syncFile(file)
      }
      await syncFolderSoon(path)
    }
    syncing = undefined
  }
  /** False for a message that somebody lives to send. */
  const isLeft = (file: string, writer: string): boolean => {
    if (writer === ownerName()) return !held.has(file)
    if (alive.has(writer)) return false
    const facts = statSync(file, { throwIfNoEntry: false })
    if (facts === undefined || isGone(writer, Date.now() - facts.mtimeMs)) return facts !== undefined
    alive.add(writer)
    return false
  }
  return {
    path,
    store(message) {
      const file = join(path, messageFile(message.id))
      const draft = join(temporaryFolder(root), `${ownerName()}.${randomUUID()}.tmp`)
      makeFolder(temporaryFolder(root))
      makeFolder(path)
      try {
        writeFileSync(draft, JSON.stringify(message), { mode: 0o600 })
        renameSync(draft, file)
      } catch (error) {
        rmSync(draft, { force: true })
        throw error
      }
      unsynced.add(file)
      syncing ??= sync()
      const isNew = !held.has(file)
      held.add(file)
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
        const own = join(path, `${digest}.${ownerName()}.json`)
        if (!moved(file, own) || held.has(own)) continue
        held.add(own)
        taken.push(own)
      }
      return taken
    },
    read(file) {
      try {
        const { id, body } = JSON.parse(readFileSync(file, 'utf8')) as Partial<OutboxMessage>
        return typeof id === 'string' && typeof body === 'string' ? { id, body } : undefined
      } catch (error) {
        // What somebody has damaged or taken away is no message any more; any other fault may pass.
        if (error instanceof SyntaxError || error instanceof TypeError) return undefined
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    forget(file) {
      held.delete(file)
      rmSync(file, { force: true })
    },
    bury(file) {
      held.delete(file)
      if (!existsSync(file)) return
      makeFolder(dead)
      moved(file, join(dead, `${Date.now()}-${randomUUID()}.json`))
      const names = list(dead)
      for (const name of names.slice(0, Math.max(0, names.length - MAX_DEAD))) rmSync(join(dead, name), { force: true })
    },
  }
}

async function syncFile(path: string): Promise<void> {
  try {
    const file = await open(path, 'r')
    await file.sync().finally(() => file.close())
  } catch {
    // It was sent by now, or the disk refuses: then it is as safe as it can be.
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
