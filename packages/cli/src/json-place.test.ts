import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findValue, placeOf } from './json-place.js'

/** Names without the signs of a path; the reader of documents knows no others. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z"\\ ]{1,4}$/), tie('value'), { maxKeys: 4 }),
  ),
})).value

function* pathsOf(value: unknown, path = '$'): Generator<[string, unknown]> {
  yield [path, value]
  if (Array.isArray(value)) for (const [index, one] of value.entries()) yield* pathsOf(one, `${path}[${index}]`)
  else if (typeof value === 'object' && value !== null)
    for (const [name, one] of Object.entries(value)) yield* pathsOf(one, `${path}.${name}`)
}

test('every value of any JSON text is found where it begins', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      for (const [path, one] of pathsOf(value)) {
        const text = JSON.stringify(value, null, indent)
        const own = JSON.stringify(one, null, indent).split('\n')[0] as string
        expect(text.slice(findValue(text, path)).startsWith(own)).toBe(true)
      }
    }),
  )
})

test('what is missing is found as what is around it', () => {
  const text = '{ "statuses": [ {"a": 1}, "x" ] }'
  expect(text.slice(findValue(text, '$.statuses[0].title'))).toMatch(/^\{"a"/)
  expect(text.slice(findValue(text, '$.statuses[1].title'))).toMatch(/^"x"/)
  expect(text.slice(findValue(text, '$.statuses[7]'))).toMatch(/^\[/)
  expect(findValue(text, '$.run')).toBe(0)
})

test('lines and columns are counted from 1, in characters', () => {
  expect(placeOf('ab\ncd', 0)).toEqual({ line: 1, column: 1 })
  expect(placeOf('ab\n👍d', 5)).toEqual({ line: 2, column: 2 })
  expect(placeOf('ab\n', 3)).toEqual({ line: 2, column: 1 })
})
