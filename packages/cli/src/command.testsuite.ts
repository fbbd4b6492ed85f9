import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ATTR, createRunFold, documentText, type SpanRecord } from '@runspan/results/core'
import { onTestFinished } from 'vitest'

export const BIN = fileURLToPath(new URL('../bin/runspan.js', import.meta.url))

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runspan-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

function start(args: string[], env: Record<string, string>, cwd: string) {
  const clean = { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env }
  const child = spawn(process.execPath, [BIN, ...args], { env: clean, cwd })
  onTestFinished(() => void child.kill('SIGKILL'))
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    texts.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    texts.stderr += chunk
  })
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...texts }))
  return { child, ended, texts }
}

export const run = (args: string[], env: Record<string, string> = {}, cwd = makeFolder()) => start(args, env, cwd).ended

/** Starts `serve` on a free port and waits until it says where it listens. */
export async function serve(args: string[] = [], env: Record<string, string> = {}) {
  const folder = makeFolder()
  const started = start(['serve', '--port', '0', '--store', 'store.db', '--json', ...args], env, folder)
  const facts: { otlp: string; runs: string; store: string } = await new Promise((resolve, reject) => {
    started.child.stdout.on('data', () => {
      if (started.texts.stdout.endsWith('\n')) resolve(JSON.parse(started.texts.stdout))
    })
    started.ended.then(({ stderr }) => reject(new Error(stderr)))
  })
  return { ...started, folder, facts, url: facts.otlp }
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
export const KEY = `${traceId}-${'b'.repeat(16)}`

export function makeRecords(outcome = 'success'): SpanRecord[] {
  const record = (spanId: string, name: string, attributes: SpanRecord['attributes']): SpanRecord => ({
    phase: 'ended',
    seq: 0,
    traceId,
    spanId,
    parentSpanId: null,
    name,
    start: '1763729999000000000',
    end: '1763729999500000000',
    status: 'unset',
    attributes: { [ATTR.name]: name, [ATTR.runKey]: KEY, [ATTR.outcome]: outcome, ...attributes },
  })
  return [
    record('b'.repeat(16), 'daily_import', { [ATTR.kind]: 'run', [ATTR.runId]: '0041', [ATTR.version]: '3' }),
    record('c'.repeat(16), 'load', {
      [ATTR.kind]: 'step',
      [ATTR.ordinal]: 1,
      [ATTR.exceptionMessage]: 'no such\u001b[2J table',
    }),
  ]
}

export function writeDocument(folder: string, outcome?: string): { file: string; text: string } {
  const fold = createRunFold(KEY)
  for (const record of makeRecords(outcome)) fold.add(record)
  const text = documentText(fold.document({ road: 'process' }), { detail: true })
  mkdirSync(join(folder, 'results', 'daily_import'), { recursive: true })
  const file = join(folder, 'results', 'daily_import', '0041.json')
  writeFileSync(file, text)
  return { file, text }
}

/** Leaves the journal of a process that was killed in the second step of a run. */
export async function crash(results: string): Promise<void> {
  const script = `
    import { startRunspan } from '@runspan/node'
    import { runStep, runWorkflow } from '@runspan/sdk'
    startRunspan()
    await runWorkflow('etl', async () => {
      await runStep('a', async () => 1)
      await runStep('b', async () => process.kill(process.pid, 'SIGKILL'))
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    // From here the built packages are found.
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { PATH: process.env.PATH, RUNSPAN_RESULTS_DIR: results },
    stdio: 'ignore',
  })
  const [, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL') throw new Error('The process ended before it was killed.')
}
