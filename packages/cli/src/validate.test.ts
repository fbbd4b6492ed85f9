import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFolder, run, writeDocument } from './command.testsuite.js'

/** A folder with a document, one with a fault, and one that breaks off. */
function makeFiles() {
  const folder = makeFolder()
  const { file, text } = writeDocument(folder)
  writeFileSync(join(folder, 'bad.json'), text.replace('"title": "load"', '"title": 5'))
  writeFileSync(join(folder, 'cut.json'), '{"statuses":[')
  return { folder, file }
}

describe('runspan validate', () => {
  test('of documents ends with 0 and counts them', async () => {
    const { folder, file } = makeFiles()
    expect(await run(['validate', file, file], {}, folder)).toEqual({
      code: 0,
      stdout: '2 valid, 0 invalid\n',
      stderr: '',
    })
  })

  test('says of each fault where it is, what was expected and what is there, and ends with 1', async () => {
    const { folder, file } = makeFiles()
    const { code, stdout, stderr } = await run(['validate', 'bad.json', file, 'cut.json'], {}, folder)
    expect([code, stderr]).toEqual([1, ''])
    const [bad, cut, count] = stdout.split('\n')
    expect(bad).toMatch(/^bad\.json: \$\.statuses\[\d\]\.title: expected a string, got 5$/)
    expect(cut).toMatch(/^cut\.json: \$: expected JSON text, got /)
    expect(count).toBe('1 valid, 2 invalid')
  })

  test('what is missing is said to be nothing, and a hostile name forges no line', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'a\nb.json'), '{"statuses":[{}]}')
    const { code, stdout } = await run(['validate', 'a\nb.json'], {}, folder)
    expect(code).toBe(1)
    expect(stdout.split('\n')[0]).toMatch(/^a\\x0ab\.json: \$\.statuses\[0\]\.\w+: expected .+, got nothing/)
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
  })

  test('a file that cannot be read ends it with 3, after the others were judged', async () => {
    const { folder, file } = makeFiles()
    const { code, stdout, stderr } = await run(['validate', 'none.json', 'bad.json', file], {}, folder)
    expect(code).toBe(3)
    expect(stdout).toMatch(/^bad\.json: .*\n1 valid, 1 invalid, 1 unreadable\n$/)
    expect(stderr).toContain('"none.json" cannot be read (ENOENT)')
  })

  test('--json says it of every file, a line each', async () => {
    const { folder, file } = makeFiles()
    const { code, stdout } = await run(['validate', '--json', file, 'bad.json'], {}, folder)
    expect(code).toBe(1)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { file, valid: true },
      { file: 'bad.json', valid: false, path: expect.stringContaining('.title'), expected: 'a string', got: '5' },
    ])
  })

  test('without a file is wrong usage', async () => {
    expect((await run(['validate'])).code).toBe(2)
  })
})
