import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const harness = fileURLToPath(new URL('../harness/', import.meta.url))

interface Ended {
  readonly code: number | string | null
  readonly stdout: string
  readonly stderr: string
}

const node = (args: string[], env: Record<string, string> = {}) =>
  new Promise<Ended>((resolve) => {
    const options = { maxBuffer: 1 << 27, env: { ...process.env, ...env } }
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.signal ?? error.code ?? null), stdout, stderr }),
    )
  })

/** Of what Node prints for an uncaught error, the place differs: it is where the wrapper throws on what it caught. */
function withoutPlaces(stderr: string): string {
  return stderr
    .replace(/^[\s\S]*?^\s*\^+\n/m, '')
    .replace(/^\s+at .*\n?/gm, '')
    .replace(/\(node:\d+\)/g, '(node)')
    .trim()
}

describe('wrapped and unwrapped, a caller sees the same', () => {
  interface Observed {
    readonly values: number
    readonly shapes: number
    readonly lines: readonly string[]
  }
  const observe = async (mode: string, env?: Record<string, string>): Promise<Observed> => {
    const { code, stdout, stderr } = await node([`${harness}observe.mjs`, mode], env)
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout) as Observed
  }

  test('for every value in every shape, given and thrown, handled and not', async () => {
    const [plain, ...wrapped] = await Promise.all([
      observe('plain'),
      observe('tracked'),
      observe('bare'),
      observe('tracked', { RUNSPAN_DISABLED: '1' }),
    ])
    expect(plain.values).toBeGreaterThanOrEqual(200)
    expect(plain.shapes).toBeGreaterThanOrEqual(8)
    expect(plain.lines).toHaveLength(plain.values * plain.shapes * 2)
    for (const { lines } of wrapped) {
      expect(lines.filter((line, n) => line !== plain.lines[n])).toEqual([])
      expect(lines).toHaveLength(plain.lines.length)
    }
  })
})

describe('a process ends the same', async () => {
  const { stdout } = await node([`${harness}crash.mjs`, 'plain', '--list'])
  test.each(JSON.parse(stdout) as string[])('by %s', async (name) => {
    const [plain, tracked] = await Promise.all(
      ['plain', 'tracked'].map((mode) => node([`${harness}crash.mjs`, mode, name])),
    )
    expect(tracked?.code).toBe(plain?.code)
    expect(tracked?.stdout).toBe(plain?.stdout)
    expect(withoutPlaces(tracked?.stderr ?? '')).toBe(withoutPlaces(plain?.stderr ?? ''))
  })
})
