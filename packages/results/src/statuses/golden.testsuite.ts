import { readFileSync } from 'node:fs'

/** One case of a golden file: what goes in, and what comes out or is refused. */
export interface GoldenCase<Input, Output> {
  input: Input
  output: Output
  error?: unknown
  decision?: number
  differs?: true | 'undecided'
  note?: string
}

/** The cases of a golden file, with the values that JSON cannot carry put back. */
export function readGolden<Case extends object = GoldenCase<unknown, unknown>>(name: string): Case[] {
  const url = new URL(`../../../../test/golden/${name}.json`, import.meta.url)
  const { cases } = JSON.parse(readFileSync(url, 'utf8'), revive) as { cases: Case[] }
  return cases
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$bigint' in value) return BigInt(value.$bigint as string)
  if ('$number' in value) return Number(value.$number)
  if ('$repeat' in value) {
    const [text, times] = value.$repeat as [string, number]
    return text.repeat(times)
  }
  return value
}

/** What a function throws; the test fails when it throws nothing. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
