import { readFileSync, writeFileSync } from 'node:fs'
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
    expect(bad).toMatch(/^bad\.json:\d+:16 \$\.statuses\[\d\]\.title: expected a string, got 5$/)
    expect(cut).toMatch(/^cut\.json:1:14 \$: expected JSON text, got /)
    expect(count).toBe('1 valid, 2 invalid (2 faults)')
  })

  test('tells every fault of a file with its line and column', async () => {
    const { folder, file } = makeFiles()
    const lines = readFileSync(file, 'utf8').split('\n')
    const spoilt: [RegExp, string][] = [
      [/"title": "load"/, '"title": 5'],
      [/"error_message": null/, '"error_message": []'],
      [/"duration_ms": \d+/, '"duration_ms": "long"'],
      [/"outcome": "\w+"/, '"outcome": "fine"'],
      [/"revision": \d+/, '"revision": -1'],
    ]
    const expected = spoilt.map(([pattern, by]) => {
      const at = lines.findIndex((line) => pattern.test(line))
      lines[at] = (lines[at] ?? '').replace(pattern, by)
      return `${at + 1}:${(lines[at] ?? '').indexOf(by) + by.indexOf(': ') + 3}`
    })
    writeFileSync(join(folder, 'many.json'), lines.join('\n'))
    const { code, stdout } = await run(['validate', 'many.json'], {}, folder)
    const told = stdout.trimEnd().split('\n')
    expect(code).toBe(1)
    expect(told.pop()).toBe('0 valid, 1 invalid (5 faults)')
    expect(told.map((line) => /^many\.json:(\d+:\d+) \$/.exec(line)?.[1]).sort()).toEqual(expected.sort())
  })

  test('tells at most 20 faults of a file, and says so', async () => {
    const folder = makeFolder()
    const row = { run_id: '1', title: 2, status: 'success', mode: 'm' }
    writeFileSync(join(folder, 'rows.json'), JSON.stringify({ statuses: Array.from({ length: 30 }, () => row) }))
    const { stdout, stderr } = await run(['validate', 'rows.json'], {}, folder)
    expect(stdout.trimEnd().split('\n')).toHaveLength(21)
    expect(stderr).toBe('runspan: rows.json: only the first 20 faults are told\n')
  })

  test('what is missing is said to be nothing, and a hostile name forges no line', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'a\nb.json'), '{"statuses":[{}]}')
    const { code, stdout } = await run(['validate', 'a\nb.json'], {}, folder)
    expect(code).toBe(1)
    const told = stdout.trimEnd().split('\n')
    expect(told.pop()).toBe('0 valid, 1 invalid (4 faults)')
    for (const line of told) {
      expect(line).toMatch(/^a\\x0ab\.json:1:14 \$\.statuses\[0\]\.\w+: expected .+, got nothing/)
    }
  })

  test('a file that cannot be read ends it with 3, after the others were judged', async () => {
    const { folder, file } = makeFiles()
    const { code, stdout, stderr } = await run(['validate', 'none.json', 'bad.json', file], {}, folder)
    expect(code).toBe(3)
    expect(stdout).toMatch(/^bad\.json:.*\n1 valid, 1 invalid \(1 fault\), 1 unreadable\n$/)
    expect(stderr).toContain('"none.json" cannot be read (ENOENT)')
  })

  test('--json says it of every file, a line each', async () => {
    const { folder, file } = makeFiles()
    const { code, stdout } = await run(['validate', '--json', file, 'bad.json'], {}, folder)
    expect(code).toBe(1)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { file, valid: true, faults: [] },
      {
        file: 'bad.json',
        valid: false,
        faults: [
          {
            line: expect.any(Number),
            column: 16,
            path: expect.stringContaining('.title'),
            expected: 'a string',
            got: '5',
          },
        ],
      },
    ])
  })

  test('without a file is wrong usage', async () => {
    expect((await run(['validate'])).code).toBe(2)
  })
})
