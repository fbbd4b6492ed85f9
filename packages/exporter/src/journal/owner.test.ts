import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { isGone, ownerName, SILENCE_MS } from './owner.js'

const [host, boot, namespace, pid, thread, start] = ownerName().split('-') as [
  string,
  string,
  string,
  string,
  string,
  string,
]
const name = (over: Partial<Record<'host' | 'boot' | 'namespace' | 'pid' | 'thread' | 'start', string>>) =>
  Object.values({ host, boot, namespace, pid, thread, start, ...over }).join('-')

test('a living thread is not gone, however long it was silent', () => {
  expect(isGone(ownerName(), SILENCE_MS * 100)).toBe(false)
})

test('a process id that was given to another process is no sign of life', () => {
  expect(isGone(name({ start: String(Number(start) - 1) }), 0)).toBe(true)
})

test('a process that has died is gone at once, and was not while it lived', async () => {
  const child = spawn('sleep', ['60'])
  const { readFileSync } = await import('node:fs')
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
  const its = name({
    pid: String(child.pid),
    thread: String(child.pid),
    start: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string,
  })
  expect(isGone(its, SILENCE_MS * 100)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isGone(its, 0)).toBe(true)
})

test('a machine that was started anew has none of its old processes', () => {
  expect(isGone(name({ boot: 'ffffffff' }), 0)).toBe(true)
})

test.each([{ host: 'ffffffff' }, { namespace: '1' }, { host: 'ffffffff', boot: 'ffffffff' }])(
  'who cannot be asked (%j) is gone after five minutes of silence, not before',
  (over) => {
    expect(isGone(name(over), SILENCE_MS - 1)).toBe(false)
    expect(isGone(name(over), SILENCE_MS + 1)).toBe(true)
  },
)

test('a name that is none counts as one who cannot be asked', () => {
  expect(isGone('nobody', 0)).toBe(false)
  expect(isGone('nobody', SILENCE_MS + 1)).toBe(true)
})

test('each thread has a name of its own', async () => {
  const worker = new Worker(
    "const fs = require('fs'); require('worker_threads').parentPort.postMessage(fs.readlinkSync('/proc/thread-self'))",
    { eval: true },
  )
  const [link] = (await once(worker, 'message')) as [string]
  await worker.terminate()
  expect(link.split('/')[2]).not.toBe(thread)
})
