import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** What the compiler says of a program in a project that has these packages, the built ones of ours among them. */
function compile(program: string, packages: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'runspan-types-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['@runspan/node', ...packages]) {
    const place = join(folder, 'node_modules', name)
    mkdirSync(join(place, '..'), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), place)
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'a.test.ts'), program)
  const args = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', 'a.test.ts']
  symlinkSync(join(ROOT, 'node_modules', '@types'), join(folder, 'node_modules', '@types'))
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  return spawnSync(process.execPath, [tsc, '--skipLibCheck', ...args], { cwd: folder, encoding: 'utf8' }).stdout
}

const USE = `import { captureRuns, runMatchers } from '@runspan/node/testing'
const runs = captureRuns()
`

test('in a test of vitest the matchers have types as soon as they are imported', () => {
  const program = (lines: string) => `import { expect } from 'vitest'\n${USE}expect.extend(runMatchers)\n${lines}`
  expect(compile(program("expect(runs).not.toHaveStep('a', { outcome: 'failed' })"), ['vitest'])).toBe('')
  expect(compile(program('expect(runs).toHaveSucceeded()'), ['vitest'])).toBe('')
  expect(compile(program("expect(runs).toHaveStep('a', { outcome: 'fine' })"), ['vitest'])).toContain('"fine"')
})

test('without a test runner the import compiles all the same', () => {
  expect(compile(`${USE}export const all = [runs.runs(), runMatchers]`, [])).toBe('')
})
