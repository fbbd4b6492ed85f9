import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appendLine } from './append-line.js'
import { temporaryFolder } from './fixture.testsuite.js'

test('what a full disk has left of a line costs no other line', () => {
  const path = join(temporaryFolder(), 'a', 'lines.jsonl')
  appendLine(path, '"one"')
  appendFileSync(path, '{"tor')
  appendLine(path, '"two"')
  appendLine(path, '"three"')
  expect(readFileSync(path, 'utf8')).toBe('"one"\n{"tor\n"two"\n"three"\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})
