import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ATTR } from './attributes.js'
import type { StepNode } from './document.js'
import { createRunFold } from './fold.js'
import { key, run, span, step } from './testing.testsuite.js'
import { documentText } from './text.js'

/** A step that was called by the one before it, and so on down to the run. */
const below = (n: number, parent: number) =>
  step(n, { parentSpanId: span(parent), attributes: { [ATTR.parentId]: span(parent) } })

/** Every step with how deep it stands, in the order of the tree. */
function* walk(steps: readonly StepNode[], depth = 1): Iterable<{ ordinal: number | null; depth: number }> {
  for (const { ordinal, steps: inner } of steps) {
    yield { ordinal, depth }
    yield* walk(inner, depth + 1)
  }
}

test('a function that calls itself 20,000 times makes a document that can be written', () => {
  const fold = createRunFold(key(0))
  fold.add(run())
  for (let n = 1; n <= 20_000; n += 1) fold.add(below(n, n - 1))
  const document = fold.document()
  expect(document.statuses).toHaveLength(20_000)
  const placed = [...walk(document.steps)]
  expect(placed.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1))
  expect(placed.every(({ ordinal, depth }) => depth === Math.min(ordinal as number, 64))).toBe(true)
  expect(documentText(document, { detail: true }).length).toBeLessThan(20_000 * 8_000)
})

test('every step stands in the tree once, whoever called it, and its siblings are in their order', () => {
  const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 60 }).map((drawn) => drawn.map((n, i) => n % (i + 1)))
  fc.assert(
    fc.property(parents, fc.boolean(), (calls, ordered) => {
      const fold = createRunFold(key(0))
      const records = [run(), ...calls.map((parent, i) => below(i + 1, parent))]
      for (const record of ordered ? records : records.reverse()) fold.add(record)
      const seen = new Set<number | null>()
      const look = (steps: readonly StepNode[], parent: number) => {
        const ordinals = steps.map(({ ordinal }) => ordinal as number)
        expect(ordinals).toEqual([...ordinals].sort((a, b) => a - b))
        for (const { ordinal, steps: inner } of steps) {
          expect(calls[(ordinal as number) - 1]).toBe(parent)
          seen.add(ordinal)
          look(inner, ordinal as number)
        }
      }
      look(fold.document().steps, 0)
      expect(seen.size).toBe(calls.length)
    }),
  )
})
