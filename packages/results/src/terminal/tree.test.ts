import { describe, expect, it } from 'vitest'
import { failedRun, type Sketch, toDocument } from './sample-run.testsuite.js'
import { treeLines } from './tree.js'
import { textWidth } from './width.js'

const plain = { colour: false, utf8: true, timeZone: 'Europe/Berlin' }

describe('treeLines', () => {
  it('shows a run as a heading and a line per step, at 80 columns', () => {
    expect(treeLines(toDocument(failedRun()), { ...plain, width: 80 })).toEqual([
      '✗ daily_import v3 · 0041 · 20 Nov 11:03:10 +01:00 · 42.10 s',
      '  ✓ fetch                4.10 s  ##..................',
      '  ✗ load                37.20 s  .###################',
      '    ✓ read (part 1)      800 ms  .#..................',
      '    ✓ read (part 2)      900 ms  .#..................',
      '    ✗ insert  3 tries   13.00 s  ..#######...........',
      '  » announce             1.0 ms  ...................#  nobody to tell',
    ])
  })

  it('gives up the bars, not the outcome and the duration, at 40 columns', () => {
    expect(treeLines(toDocument(failedRun()), { ...plain, width: 40 })).toEqual([
      '✗ daily_import v3 · 0041 · 42.10 s',
      '  ✓ fetch                4.10 s',
      '  ✗ load                37.20 s',
      '    ✓ read (part 1)      800 ms',
      '    ✓ read (part 2)      900 ms',
      '    ✗ insert  3 tries   13.00 s',
      '  » announce             1.0 ms',
    ])
  })

  it('uses words in place of glyphs without UTF-8', () => {
    const lines = treeLines(toDocument(failedRun()), { ...plain, utf8: false, width: 80 })
    expect(lines.join('\n')).toMatch(/^[\x20-\x7e\n]*$/)
    expect(lines[0]).toBe('FAIL  daily_import v3 - 0041 - 20 Nov 11:03:10 +01:00 - 42.10 s')
    expect(lines[3]).toMatch(/^ {4}ok {4}read \(part 1\) /)
  })

  it.each([40, 80, 200])('no line is wider than %d columns, whatever the names', (width) => {
    const names = [
      '日本語のとても長い名前'.repeat(20),
      'x'.repeat(10_000),
      '\x1b[2J\nforged ✓',
      '\u202eevil',
      '👩‍👩‍👧'.repeat(50),
    ]
    const steps = names.map((name, i): Sketch => ({ id: i + 1, parent: i === 0 ? 500 : i, name, from: i, to: i + 1 }))
    const document = toDocument([{ id: 500, kind: 'run', name: names.join(''), from: 0, to: 9 }, ...steps])
    for (const line of treeLines(document, { ...plain, width })) {
      expect(textWidth(line)).toBeLessThanOrEqual(width)
      expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
    }
  })

  it('puts more than 20 steps of one name side by side into one line, with the failed ones counted', () => {
    const reads = Array.from({ length: 1000 }, (_, i): Sketch => {
      return {
        id: i + 1000,
        parent: 500,
        name: 'read',
        from: i,
        to: i + 10,
        outcome: i % 400 === 7 ? 'failed' : 'success',
      }
    })
    const lines = treeLines(toDocument([{ id: 500, kind: 'run', name: 'w', from: 0, to: 1009 }, ...reads]), {
      ...plain,
      width: 80,
    })
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('✗ read x1,000 (3 failed)')
    expect(lines[1]).toContain('1.01 s')
  })

  it('opens only branches that failed or run when there are more than 500 lines', () => {
    const branches = Array.from({ length: 300 }, (_, i): Sketch[] => {
      const outcome = i === 250 ? 'failed' : 'success'
      return [
        { id: 1000 + i, parent: 500, name: `branch ${i}`, from: i, to: i + 5, outcome },
        { id: 2000 + i, parent: 1000 + i, name: 'leaf', from: i, to: i + 1, outcome },
      ]
    })
    const lines = treeLines(toDocument([{ id: 500, kind: 'run', name: 'w', from: 0, to: 305 }, ...branches.flat()]), {
      ...plain,
      width: 80,
    })
    expect(lines.filter((line) => line.includes('leaf'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('(1 step)'))).toHaveLength(299)
  })

  it('stays short and quick for 10,000 steps of different names, and for a tree 10,000 deep', () => {
    const root: Sketch = { id: 500, kind: 'run', name: 'w', from: 0, to: 9 }
    const wide = Array.from(
      { length: 10_000 },
      (_, i): Sketch => ({ id: 1000 + i, parent: 500, name: `s${i}`, from: i, to: i + 1 }),
    )
    const deep = wide.map((step, i) => ({ ...step, parent: i === 0 ? 500 : 999 + i }))
    for (const steps of [wide, deep]) {
      const document = toDocument([root, ...steps])
      const before = performance.now()
      const lines = treeLines(document, { ...plain, width: 80 })
      expect(performance.now() - before).toBeLessThan(1000)
      expect(lines.length).toBeLessThanOrEqual(502)
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80)
    }
  })

  it('shows a run whose root never came', () => {
    const lines = treeLines(toDocument(failedRun().slice(1)), { ...plain, width: 80 })
    expect(lines[0]).toMatch(/^● unknown · 4bf9/)
    expect(lines).toHaveLength(7)
  })
})
