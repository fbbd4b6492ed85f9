import { ATTR, type SpanRecord } from '@runspan/results/core'
import { createLiveView } from '@runspan/results/terminal'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { paintLog, paintScreen } from './painter.js'

const NOW = Date.UTC(2026, 0, 1)
const style = { width: 60, rows: 24, colour: false, utf8: true }

function news(id: number, name: string, end?: number): SpanRecord {
  return {
    phase: end === undefined ? 'started' : 'ended',
    seq: 0,
    traceId: 'a'.repeat(32),
    spanId: String(id).padStart(16, '0'),
    parentSpanId: null,
    name,
    start: `${NOW}000000`,
    end: end === undefined ? null : `${NOW + end}000000`,
    status: 'unset',
    attributes: { [ATTR.kind]: 'step' },
  }
}

/** What a terminal of our own shows: it knows `up` and `erase below`, and ignores the rest. */
function createScreen() {
  const lines = ['']
  const screen = {
    isTTY: true,
    lines,
    writes: 0,
    write(text: string) {
      screen.writes += 1
      for (const part of text.match(/\x1b\[\??[0-9]*[A-Za-z]|\n|[^\x1b\n]+/g) ?? []) {
        const up = /^\x1b\[([0-9]+)A$/.exec(part)
        if (up) lines.splice(lines.length - 1 - Number(up[1]))
        if (up || part === '\n') lines.push('')
        else if (!part.startsWith('\x1b')) lines[lines.length - 1] += part
      }
      return true
    },
  }
  return screen
}

beforeEach(() => void vi.useFakeTimers({ now: NOW }))
afterEach(() => void vi.useRealTimers())

describe('on a terminal', () => {
  const start = () => {
    const screen = createScreen()
    const view = createLiveView(style)
    const painter = paintScreen(view, screen as unknown as NodeJS.WriteStream, [])
    return { screen, view, painter }
  }

  it('what runs stands below what ended, and is drawn anew in its place', () => {
    const { screen, view } = start()
    view.add(news(1, 'fetch'))
    vi.advanceTimersByTime(100)
    expect(screen.lines).toEqual(['● fetch                    100 ms', ''])
    view.add(news(1, 'fetch', 150))
    view.add(news(2, 'parse'))
    vi.advanceTimersByTime(100)
    expect(screen.lines).toEqual(['✓ fetch                    150 ms', '● parse                    200 ms', ''])
  })

  it('nothing is drawn more than ten times a second', () => {
    const { screen, view, painter } = start()
    for (let id = 1; id <= 500; id += 1) {
      view.add(news(id, 'step', id))
      painter.update()
      vi.advanceTimersByTime(2)
    }
    expect(screen.writes).toBeLessThanOrEqual(10)
  })

  it("the user's own output stays above, also when a line comes in pieces", () => {
    const { screen, view } = start()
    view.add(news(1, 'fetch'))
    vi.advanceTimersByTime(100)
    screen.write('half a ')
    vi.advanceTimersByTime(500)
    expect(screen.lines).toEqual(['half a '])
    screen.write('line\n')
    vi.advanceTimersByTime(100)
    expect(screen.lines).toEqual(['half a line', '● fetch                    700 ms', ''])
  })

  it('stopping writes what is left, takes the live lines away and gives the stream back', () => {
    const { screen, view, painter } = start()
    const replaced = screen.write
    view.add(news(1, 'fetch'))
    view.add(news(2, 'parse'))
    vi.advanceTimersByTime(100)
    view.add(news(1, 'fetch', 120))
    painter.stop()
    expect(screen.lines).toEqual(['✓ fetch                    120 ms', ''])
    expect(screen.write).not.toBe(replaced)
    const drawn = screen.writes
    vi.advanceTimersByTime(5000)
    expect(screen.writes).toBe(drawn)
  })
})

describe('in a pipe', () => {
  it('there is a line per finished step at once, and a sign of life after 30 seconds of silence', () => {
    const lines: string[] = []
    const view = createLiveView(style)
    const painter = paintLog(view, (line) => lines.push(line))
    view.add(news(1, 'fetch', 5))
    painter.update()
    expect(lines).toEqual(['✓ fetch                    5.0 ms'])
    view.add(news(2, 'parse'))
    vi.advanceTimersByTime(29_000)
    expect(lines).toHaveLength(1)
    vi.advanceTimersByTime(32_000)
    expect(lines.slice(1)).toEqual(['still running: parse 30.00 s', 'still running: parse 1 m 00 s'])
    painter.stop()
    vi.advanceTimersByTime(60_000)
    expect(lines).toHaveLength(3)
  })

  it('silence is fine while nothing runs', () => {
    const lines: string[] = []
    paintLog(createLiveView(style), (line) => lines.push(line))
    vi.advanceTimersByTime(90_000)
    expect(lines).toEqual([])
  })
})
