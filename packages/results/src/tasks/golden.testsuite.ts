import { readFileSync } from 'node:fs'

/** One case of a golden file. */
export interface GoldenCase {
  what?: string
  input: any
  output?: any
  error?: { type: string; message: string }
  printed?: Record<string, string[]>
  differs?: boolean | 'undecided'
  decision?: number
}

/** The cases of a golden file, by its name. */
export function goldenCases(name: string): GoldenCase[] {
  const url = new URL(`../../../../test/golden/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')).cases
}
