import { expect, test } from 'vitest'
import { keyOf, runNews } from './fixture.testsuite.js'
import { createMemory } from './let-go.js'
import { openRun, type Shelf, takeInto } from './shelf.js'

function createShelf(): Shelf {
  return {
    origin: {},
    live: false,
    limits: { maxBytes: 1e9, maxFinishedBytes: 1e9, lateMs: 60_000, firstAfterMs: 1_000, deadlineMs: 5_000 },
    lanes: [],
    files: undefined,
    fileLane: undefined,
    faults: undefined,
    keeper: undefined,
    runs: new Map(),
    due: new Set(),
    givenUp: new Set(),
    counts: { written: 0, dropped: 0, bytes: 0, recovered: 0 },
    report: () => undefined,
  }
}

const DAY_MS = 24 * 60 * 60_000

test('a run whose root never comes is kept for a day of silence, and then counted', () => {
  const shelf = createShelf()
  const memory = createMemory(shelf)
  const news = runNews('etl', ['a', 'b'])
  const run = openRun(shelf, keyOf(news), false, 0)
  takeInto(shelf, run, news[2] as never, 0)
  takeInto(shelf, run, news[4] as never, DAY_MS / 2)
  memory.sweep(DAY_MS * 1.4)
  expect(shelf.runs.size).toBe(1)
  memory.sweep(DAY_MS * 1.6)
  expect(shelf.runs.size).toBe(0)
  expect(shelf.counts).toMatchObject({ dropped: 2, bytes: 0 })
  expect(memory.isForgotten(keyOf(news))).toBe(false)
})

test('a run that goes on is kept however long it is silent', () => {
  const shelf = createShelf()
  const memory = createMemory(shelf)
  const news = runNews('etl', ['a'])
  takeInto(shelf, openRun(shelf, keyOf(news), false, 0), news[0] as never, 0)
  memory.sweep(DAY_MS * 100)
  expect(shelf.runs.size).toBe(1)
})
