import { describe, expect, it } from 'vitest'
import { ATTR } from '../core/attributes.js'
import { createLiveView } from './live-view.js'
import { at, failedRun, type Sketch, toRecord } from './sample-run.testsuite.js'
import { textWidth } from './width.js'

const style = { width: 80, rows: 24, colour: false, utf8: true }
const root: Sketch = { id: 500, kind: 'run', name: 'w', from: 0 }

/** The news of a run in the order in which it happens. */
function play(sketches: readonly Sketch[], view = createLiveView(style)) {
  const news = sketches.flatMap((sketch, i) => [
    { time: sketch.from, i, record: toRecord(sketch, 'started') },
    ...(sketch.to === undefined ? [] : [{ time: sketch.to, i: -i, record: toRecord(sketch) }]),
  ])
  for (const { record } of news.sort((a, b) => a.time - b.time || a.i - b.i)) view.add(record)
  return view
}

describe('finished lines', () => {
  it('are one per finished step and per retried try, in the order in which they ended, indented by depth', () => {
    const view = play(failedRun())
    expect(view.finishedLines()).toEqual([
      '✓ fetch                           4.10 s  1 warning',
      '  ✓ read (part 1)                 800 ms',
      '  ✓ read (part 2)                 900 ms',
      '  ↻ insert                        1.00 s  attempt 1: TypeError: x is not a func…',
      '  ↻ insert                        1.00 s  attempt 2: TypeError: x is not a func…',
      '  ✗ insert                       13.00 s  TypeError: x is not a function, 3 tri…',
      '✗ load                           37.20 s  TypeError: x is not a function',
      '» announce                        1.0 ms  nobody to tell',
    ])
    expect(view.finishedLines()).toEqual([])
    expect(view.liveLines(at(50_000))).toEqual([])
  })

  it('keep outcome and duration whole, and cut names and notes at their ends, at 40 columns', () => {
    const view = play(failedRun(), createLiveView({ ...style, width: 40 }))
    expect(view.finishedLines()).toEqual([
      '✓ fetch             4.10 s  1 warning',
      '  ✓ read (part…     800 ms',
      '  ✓ read (part…     900 ms',
      '  ↻ insert          1.00 s  attempt 1:…',
      '  ↻ insert          1.00 s  attempt 2:…',
      '  ✗ insert         13.00 s  TypeError:…',
      '✗ load             37.20 s  TypeError:…',
      '» announce          1.0 ms  nobody to t…',
    ])
  })

  it('say all they have to say at 200 columns', () => {
    const lines = play(failedRun(), createLiveView({ ...style, width: 200 })).finishedLines()
    expect(lines[3]).toBe('  ↻ insert                            1.00 s  attempt 1: TypeError: x is not a function')
    expect(lines[5]).toBe('  ✗ insert                           13.00 s  TypeError: x is not a function, 3 tries')
  })

  it('are not cut where the width is endless, as in a pipe', () => {
    const name = 'x'.repeat(300)
    const view = play(
      [root, { id: 1, parent: 500, name, from: 0, to: 1 }],
      createLiveView({ ...style, width: Infinity }),
    )
    expect(view.finishedLines()[0]).toContain(name)
  })

  it('come once for a step that is reported ended twice', () => {
    const view = createLiveView(style)
    const step: Sketch = { id: 1, parent: 500, name: 'a', from: 0, to: 1 }
    for (const record of [toRecord(root), toRecord(step), toRecord(step), toRecord(step, 'started')]) view.add(record)
    expect(view.finishedLines()).toHaveLength(1)
    expect(view.stillRunning(at(2))).toBeNull()
  })

  it('that nobody fetches are bounded and counted', () => {
    const view = createLiveView(style)
    for (let id = 1; id <= 30_000; id += 1) view.add(toRecord({ id: 1000 + id, name: 'a', from: id, to: id + 1 }))
    const lines = view.finishedLines()
    expect(lines).toHaveLength(10_001)
    expect(lines.at(-1)).toBe('+20,000 more finished')
  })

  it('mask names and messages', () => {
    const view = play([
      root,
      {
        id: 1,
        parent: 500,
        name: 'a\x1b[2J\nb',
        from: 0,
        to: 1,
        outcome: 'failed',
        attributes: { [ATTR.exceptionMessage]: '\u202eno\u0007' },
      },
    ])
    expect(view.finishedLines()).toEqual(['✗ a\\x1b[2J\\x0ab                   1.0 ms  \\u202eno\\x07'])
  })
})

describe('live lines', () => {
  it('show what runs, each step below the one around it, with progress, tries and the time so far', () => {
    const view = createLiveView(style)
    const load: Sketch = { id: 1, parent: 500, name: 'load', from: 0 }
    const other: Sketch = { id: 2, parent: 500, name: 'other', from: 100 }
    const parse: Sketch = { id: 3, parent: 1, name: 'parse', from: 200, attributes: { [ATTR.progress]: 0.428 } }
    const attempt: Sketch = {
      id: 4,
      parent: 2,
      kind: 'attempt',
      name: 'other',
      from: 300,
      attributes: { [ATTR.attempt]: 2 },
    }
    for (const sketch of [root, load, other, parse, attempt]) view.add(toRecord(sketch))
    expect(view.liveLines(at(65_000))).toEqual([
      '● load                          1 m 05 s',
      '  ● parse                       1 m 05 s  ####...... 42 %',
      '● other                         1 m 05 s  attempt 2',
    ])
    expect(view.stillRunning(at(90_200))).toBe('still running: other 1 m 30 s, parse 1 m 30 s')
  })

  it('put the steps of a try below the step that is tried', () => {
    const view = createLiveView(style)
    const step: Sketch = { id: 1, parent: 500, name: 'step', from: 0 }
    const attempt: Sketch = {
      id: 2,
      parent: 1,
      kind: 'attempt',
      name: 'step',
      from: 0,
      attributes: { [ATTR.attempt]: 1 },
    }
    for (const sketch of [root, step, attempt, { id: 3, parent: 2, name: 'inner', from: 0 }]) view.add(toRecord(sketch))
    expect(view.liveLines(at(1000)).map((line) => line.slice(0, 10))).toEqual(['● step    ', '  ● inner '])
    expect(view.stillRunning(at(1000))).toBe('still running: inner 1.00 s')
  })

  it('take a third of the screen at most, and count the rest', () => {
    const view = createLiveView({ ...style, rows: 24 })
    for (let id = 1; id <= 20; id += 1) view.add(toRecord({ id, name: `step ${id}`, from: id }))
    const lines = view.liveLines(at(1000))
    expect(lines).toHaveLength(8)
    expect(lines.at(-1)).toBe('+13 more')
    expect(view.stillRunning(at(1000))).toMatch(/^still running: step 1 .*, \+17 more$/)
  })

  it.each([40, 80, 200])('are never wider than %d columns', (width) => {
    const view = createLiveView({ ...style, width })
    view.add(toRecord({ id: 1, name: '長い名前'.repeat(90), from: 0, attributes: { [ATTR.progress]: 0.5 } }))
    for (const line of view.liveLines(at(99 * 86_400_000))) expect(textWidth(line)).toBeLessThanOrEqual(width)
  })

  it('are quick with 10,000 steps at once', () => {
    const view = createLiveView(style)
    for (let id = 1; id <= 10_000; id += 1) view.add(toRecord({ id, name: 'a', from: id }))
    const before = performance.now()
    for (let i = 0; i < 10; i += 1) view.liveLines(at(10_000))
    expect(performance.now() - before).toBeLessThan(1000)
  })
})
