import { expect } from 'vitest'
import { makeFolder, run } from '../command.testsuite.js'
import type { Check } from './check.js'

type Said = Omit<Check, 'name'> & { check: string }

/** What doctor says in a folder, by the name of the check. */
export async function ask(env: Record<string, string> = {}, cwd = makeFolder()) {
  const { code, stdout, stderr } = await run(['doctor', '--json'], env, cwd)
  expect(stderr).toBe('')
  const said = stdout
    .trimEnd()
    .split('\n')
    .map((line): Said => JSON.parse(line))
  return { code, stdout, said, of: (name: string) => said.find(({ check }) => check === name) }
}
