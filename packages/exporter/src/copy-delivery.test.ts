import { expect, test } from 'vitest'
import { copyDelivery } from './copy-delivery.js'
import { delivery } from './deliver.testsuite.js'

test('a copy is equal and shares nothing, whatever the keys are called', () => {
  const one = delivery('etl', { steps: ['a', 'b'] })
  one.document.run.inputs = JSON.parse('{"__proto__":{"a":1},"constructor":[1,{"b":null}],"":true}')
  const copy = copyDelivery(one)
  expect(JSON.stringify(copy)).toBe(JSON.stringify(one))
  const objectsIn = (value: unknown): object[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsIn)] : []
  const own = new Set(objectsIn(one.document))
  expect(objectsIn(copy.document).filter((object) => own.has(object))).toEqual([])
})
