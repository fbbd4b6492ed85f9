import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** A program that a test started and that the test stops. */
export interface Program {
  readonly pid: number
  /** Everything it printed so far, both streams. */
  output(): string
  /** Settles with the exit code when it has ended; null when a signal ended it. */
  readonly ended: Promise<number | null>
  /** Sends the signal and waits for the end; gives the exit code. Does nothing when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Runs as another user; only a test that is root may say so. */
  readonly uid?: number
  readonly cwd?: string
  /** How it is stopped. @default 'SIGTERM' */
  readonly stopWith?: NodeJS.Signals
}

/** Longer than any program here takes to end by itself; after that it is killed. */
const STOP_MS = 20_000

/** Starts a program with nothing of the environment but what it needs to run, and what the test says. */
export function startProgram(command: string, args: readonly string[], options: ProgramOptions = {}): Program {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', NO_COLOR: '1', ...options.env },
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text))
  child.on('error', (error) => said.push(String(error)))
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code)).once('error', () => resolve(null))
  })
  return {
    pid: child.pid ?? 0,
    output: () => said.join(''),
    ended,
    async stop(signal = options.stopWith ?? 'SIGTERM') {
      if (isAlive(child)) child.kill(signal)
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      const code = await ended
      clearTimeout(kill)
      return code
    },
  }
}

/** Runs a program until it ends by itself. */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions = {}) {
  const program = startProgram(command, args, options)
  return { code: await program.ended, output: program.output() }
}

const isAlive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null && child.pid !== undefined

/** Asks again and again until the answer is neither undefined nor false; after the deadline it says what it waited for. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 30_000,
): Promise<T> {
  const end = Date.now() + deadlineMs
  let last: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
      last = answer
    } catch (error) {
      last = error
    }
    if (Date.now() > end) {
      throw new Error(`waited ${deadlineMs} ms for ${what}; the last answer was ${String(last)}`, { cause: last })
    }
    await wait(50)
  }
}

/** Ports of loopback that nobody uses, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** The JSON behind an address; undefined while it answers anything but 200. */
export async function readJson<T>(url: string | URL, headers: Record<string, string> = {}): Promise<T | undefined> {
  const response = await fetch(url, { headers })
  if (response.ok) return (await response.json()) as T
  await response.arrayBuffer()
  return undefined
}

export async function isUp(url: string): Promise<boolean> {
  const response = await fetch(url)
  await response.arrayBuffer()
  return response.ok
}
