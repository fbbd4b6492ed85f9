import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { play, send, WIRES, type Wire } from './two-roads/roads.js'
import { OUTCOMES_OF, SCENES } from './two-roads/scenes.js'

const wires = Object.keys(WIRES) as Wire[]

describe.each(Object.entries(SCENES))('%s gives one document on every road', (name, scene) => {
  test('in process, and over OTLP in protobuf and in JSON: whole, split, backwards and twice', async () => {
    const { spans, documents } = await play(scene)
    expect([...documents.values()].map(outcomesOf).sort()).toEqual([...OUTCOMES_OF[name]!].sort())
    const alone = spans.map((span) => [span])
    for (const wire of wires) {
      expect(await send(wire, [spans], documents.keys()), `${wire}, whole`).toEqual(documents)
      expect(await send(wire, alone, documents.keys()), `${wire}, split`).toEqual(documents)
      expect(await send(wire, [...alone].reverse(), documents.keys()), `${wire}, backwards`).toEqual(documents)
      expect(await send(wire, [spans, ...alone, spans], documents.keys()), `${wire}, twice`).toEqual(documents)
    }
  })
})

/** The outcomes of a document's rows, in order: `failed success`, or `9 success` when they are all the same. */
function outcomesOf(text: string): string {
  const words = (JSON.parse(text) as { statuses: { status: string }[] }).statuses.map(({ status }) => status)
  return words.length > 2 && new Set(words).size === 1 ? `${words.length} ${words[0]}` : words.join(' ')
}

test('all scenes at once, in any order and any batches, some of them twice, give the same documents', async () => {
  const all = []
  for (const scene of Object.values(SCENES)) all.push(await play(scene))
  const spans = all.flatMap((played) => played.spans)
  const documents = new Map(all.flatMap((played) => [...played.documents]))
  const order = fc.shuffledSubarray([...spans, ...spans.slice(0, 20)], { minLength: spans.length + 20 })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...wires),
      order,
      fc.integer({ min: 1, max: 60 }),
      async (wire, shuffled, size) => {
        const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, n) =>
          shuffled.slice(n * size, (n + 1) * size),
        )
        expect(await send(wire, batches, documents.keys())).toEqual(documents)
      },
    ),
    { numRuns: 6 },
  )
})
