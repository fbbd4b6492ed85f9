import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from '@runspan/results'
import { describe, expect, test } from 'vitest'
import { crash, makeFolder, run } from './command.testsuite.js'

const journalsIn = (results: string) =>
  readdirSync(join(results, '.runspan')).filter((name) => name.includes('.journal'))

describe('runspan recover', () => {
  test('makes a document of a run whose process was killed, says where, and does so once', async () => {
    const folder = makeFolder()
    const results = join(folder, 'results')
    await crash(results)
    const { code, stdout, stderr } = await run(['recover'], {}, folder)
    expect([code, stderr]).toEqual([0, ''])
    const [name, key, path, running] = stdout.trimEnd().split('\t')
    expect([name, running]).toEqual(['etl', 'b'])
    expect(parseDocument(readFileSync(path as string, 'utf8'))).toMatchObject({
      run: { key, outcome: 'interrupted' },
      provenance: { recovered: true },
    })
    expect(journalsIn(results)).toEqual([])
    expect(await run(['recover', 'results'], {}, folder)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'runspan: nothing waits to be recovered in "results"\n',
    })
  })

  test('--dry-run says the same and touches nothing', async () => {
    const folder = makeFolder()
    const results = join(folder, 'kept here')
    await crash(results)
    const before = readdirSync(results, { recursive: true })
    const dry = await run(['recover', '--dry-run', '--json', 'kept here'], {}, folder)
    expect(dry.code).toBe(0)
    expect(JSON.parse(dry.stdout)).toEqual({
      runs: [{ key: expect.any(String), name: 'etl', path: null, running: ['b'] }],
      journals: 1,
      damaged: 0,
      dry_run: true,
    })
    expect(readdirSync(results, { recursive: true })).toEqual(before)
    const real = await run(['recover', '--json'], { RUNSPAN_RESULTS_DIR: results }, folder)
    const [found] = JSON.parse(real.stdout).runs
    expect({ ...found, path: null }).toEqual(JSON.parse(dry.stdout).runs[0])
    expect(existsSync(found.path)).toBe(true)
  })

  test('says that a journal was damaged, and recovers the rest of it', async () => {
    const folder = makeFolder()
    const results = join(folder, 'results')
    await crash(results)
    const [name = ''] = journalsIn(results)
    const file = join(results, '.runspan', name)
    writeFileSync(file, readFileSync(file).subarray(0, -3))
    const { code, stdout, stderr } = await run(['recover'], {}, folder)
    expect([code, stdout.split('\t')[0]]).toEqual([0, 'etl'])
    expect(stderr).toContain('could not be read')
  })

  test('a folder that is not there, is a file or cannot be written ends it with 3, and the journal stays', async () => {
    const folder = makeFolder()
    const results = join(folder, 'results')
    await crash(results)
    const [kept] = journalsIn(results)
    rmSync(join(results, 'etl'), { recursive: true, force: true })
    writeFileSync(join(results, 'etl'), 'a file in the way')
    for (const [args, word] of [
      [['recover'], 'etl'],
      [['recover', 'nowhere'], '"nowhere"'],
      [['recover', 'results/etl'], '"results/etl"'],
    ] as const) {
      const ended = await run([...args], {}, folder)
      expect([ended.code, ended.stdout], ended.stderr).toEqual([3, ''])
      expect(ended.stderr).toContain(word)
      expect(ended.stderr).not.toContain('unforeseen')
    }
    expect(journalsIn(results)).toHaveLength(1)
    expect(journalsIn(results)[0]?.split('.')[0]).toBe(kept?.split('.')[0])
  })
})
