import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DetailedDocument } from '@runspan/results/core'
import { expect, onTestFinished } from 'vitest'

const HERE = fileURLToPath(new URL('..', import.meta.url))

/** A folder of its own for one test, that any user may use. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runspan-'))
  chmodSync(folder, 0o777)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface ChildResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export interface ChildOptions {
  env?: Record<string, string | undefined>
  /** Arguments of node itself. */
  node?: readonly string[]
  /** Is called with what was printed so far. */
  onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void
}

/** What every script may use; the packages are the built ones. */
export const IMPORTS = `
import { startRunspan } from '@runspan/node'
import { continueRun, currentRun, headers, runStep, runWorkflow, trackStep, trackWorkflow } from '@runspan/sdk'
`

/** A run of one step. */
export const ETL = `await runWorkflow('etl', async () => { await runStep('a', async () => 1) })\n`

/** What we said on stderr, line by line. */
export function lines(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('runspan: '))
}

/** The one element of a list that has no other. */
export function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1)
  return list[0] as T
}

/** Runs a script in a real process of its own, with the built packages. */
export function runChild(script: string, { env = {}, node = [], onOutput }: ChildOptions = {}): Promise<ChildResult> {
  const began = performance.now()
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(OTEL|RUNSPAN|VITEST|NODE_)/.test(name)),
  )
  const child = spawn(process.execPath, [...node, '--input-type=module', '-e', script], {
    cwd: HERE,
    env: { ...clean, ...env } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
    onOutput?.(stdout, (signal) => void child.kill(signal))
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr, ms: performance.now() - began }))
  })
}

export interface Received {
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A server that takes every request and keeps where it went, with what headers and what was in it. */
export async function receive(): Promise<{ url: string; seen: Received[] }> {
  const seen: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      seen.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks) })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** The documents of runs in a results folder. */
export function readDocuments(folder: string): DetailedDocument[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json') && !name.startsWith('.runspan'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

/** The rows of a document, as words. */
export function rowsOf(document: DetailedDocument | undefined): string[] {
  return document?.statuses.map(({ title, status }) => `${title} ${status}`) ?? []
}

/** The files that a results folder keeps beside documents, temporary ones included. */
export function leftovers(folder: string): string[] {
  return readdirSync(join(folder, '.runspan'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(journal|tmp)/.test(name),
  )
}
