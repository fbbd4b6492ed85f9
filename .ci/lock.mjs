// One process at a time: a file that names its owner, gone when the owner is.
import { createHash } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const POLL_MS = 50
const SAY_AFTER_MS = 2000

/**
 * Runs `work` while no other process runs work under the same name. Where the temporary folder cannot hold a lock the
 * work is done without one: two at once are rare, a command that refuses to start would be worse.
 */
export async function withLock(name, say, work) {
  const path = join(tmpdir(), `runspan-${createHash('sha256').update(name).digest('hex').slice(0, 16)}.lock`)
  const held = await acquire(path, say)
  const release = () => held && ownerOf(path) === process.pid && rmSync(path, { force: true })
  process.on('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

async function acquire(path, say) {
  const own = `${path}.${process.pid}`
  const since = Date.now()
  let said = false
  try {
    // Written aside and linked into place, so that nobody ever reads a lock without its owner.
    writeFileSync(own, String(process.pid))
    for (;;) {
      if (take(own, path)) return true
      removeIfAbandoned(path)
      if (!said && Date.now() - since > SAY_AFTER_MS) {
        say('runspan: waiting for another command that installs or builds')
        said = true
      }
      await wait(POLL_MS)
    }
  } catch {
    // No hard links or no writable temporary folder: see above.
    return false
  } finally {
    rmSync(own, { force: true })
  }
}

function take(own, path) {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function ownerOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    // Just released: nobody owns it.
    return undefined
  }
}

function removeIfAbandoned(path) {
  const owner = ownerOf(path)
  if (owner === undefined || isAlive(owner)) return
  const aside = `${path}.${process.pid}.old`
  try {
    renameSync(path, aside)
  } catch {
    // Somebody else removed it first.
    return
  }
  // Between the look and the rename a living process may have taken the lock: give it back.
  if (ownerOf(aside) !== owner) take(aside, path)
  rmSync(aside, { force: true })
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
