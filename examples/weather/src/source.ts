import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Seattle, 2012 to 2015: the file that the npm package vega-datasets ships. */
export function readSource(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('vega-datasets')
  return readFile(join(dirname(entry), '..', 'data', 'seattle-weather.csv'), 'utf8')
}

/** What an export with the wrong locale does: from the middle on, decimal points are commas, and the columns shift. */
export function corrupt(csv: string): string {
  const lines = csv.split('\n')
  const middle = Math.floor(lines.length / 2)
  return lines.map((line, index) => (index < middle ? line : line.replaceAll('.', ','))).join('\n')
}
