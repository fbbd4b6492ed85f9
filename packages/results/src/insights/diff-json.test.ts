import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../core/document.js'
import { diffJson } from './diff-json.js'

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>

describe('the difference of two JSON values', () => {
  test('is told by path', () => {
    const diff = diffJson(
      { rows: [1, 2, 3], name: 'a', gone: true, 'odd key': { x: 1 } },
      { 'odd key': { x: 2 }, rows: [1, 5], name: 'a', came: null },
    )
    expect(diff).toEqual({
      changes: [
        { path: '$.rows[1]', a: '2', b: '5' },
        { path: '$.rows[2]', a: '3', b: null },
        { path: '$.gone', a: 'true', b: null },
        { path: '$["odd key"].x', a: '1', b: '2' },
        { path: '$.came', a: null, b: 'null' },
      ],
      left_off: 0,
      complete: true,
    })
  })

  test('shows a little of a large value, and knows an array from an object', () => {
    const diff = diffJson([], { a: 1 })
    expect(diff.changes).toEqual([{ path: '$', a: '[]', b: '{… 1}' }])
    expect(diffJson('x'.repeat(9_999), null).changes[0]?.a).toHaveLength(203)
  })

  test('is empty for equal values, whatever the order of keys, and never for others', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(diffJson(a, JSON.parse(JSON.stringify(a))).changes).toEqual([])
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
        expect(diffJson(a, b).changes.length === 0).toBe(same)
      }),
    )
  })

  test('is the same the other way round', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const there = diffJson(a, b, { maxChanges: 1e6 }).changes.map(({ path, a: x, b: y }) =>
          JSON.stringify([path, x, y]),
        )
        const back = diffJson(b, a, { maxChanges: 1e6 }).changes.map(({ path, a: x, b: y }) =>
          JSON.stringify([path, y, x]),
        )
        expect(there.sort()).toEqual(back.sort())
      }),
    )
  })

  test('keys that name a part of the language are keys like any other', () => {
    const [a, b] = ['{"__proto__":1,"toString":2}', '{"__proto__":2}'].map((text) => JSON.parse(text) as Json)
    expect(diffJson(a as Json, b as Json).changes).toEqual([
      { path: '$.__proto__', a: '1', b: '2' },
      { path: '$.toString', a: '2', b: null },
    ])
    expect(diffJson(b as Json, a as Json).changes[1]).toEqual({ path: '$.toString', a: null, b: '2' })
  })

  test('stays within its bounds, and says so', () => {
    const [a, b] = [Array.from({ length: 500 }, () => 0), Array.from({ length: 500 }, () => 1)]
    expect(diffJson(a, b, { maxChanges: 3 })).toMatchObject({ left_off: 497, complete: true })
    expect(diffJson(a, b, { maxValues: 10 })).toMatchObject({ complete: false })
    let [x, y] = [1 as Json, 2 as Json]
    for (let i = 0; i < 50_000; i += 1) [x, y] = [[x], [y]]
    expect(diffJson(x, y).changes).toHaveLength(1)
  })
})

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value === 0 ? 0 : value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)])
    .concat([['{}', null]])
}
