import { expect, test } from 'vitest'
import { addRecordable } from './recordable.js'

test("an attribute of the user's is left out when no span can carry it over the wire, and its neighbours are kept", () => {
  const given = {
    a: 1.5,
    nan: Number.NaN,
    huge: 2 ** 80,
    list: [1, 2 ** 63],
    edge: -(2 ** 62),
    tiny: 5e-324,
    text: 'x',
  }
  expect(addRecordable({}, given, 'step')).toEqual({ a: 1.5, edge: -(2 ** 62), tiny: 5e-324, text: 'x' })
})
