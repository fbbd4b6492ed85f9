import { ATTR } from '@runspan/results/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord, record } from '../fixture.testsuite.js'
import { parseRecordText } from './parse-record.js'
import { toRecordText } from './put-record.js'

test('a record is the same after writing and reading, whatever it holds', () => {
  fc.assert(fc.property(anyRecord, (given) => void expect(parseRecordText(toRecordText(given))).toEqual(given)))
})

test('what repeats another field is written once, and read as it was, also where it only looks as if it did', () => {
  const traceId = 'a'.repeat(32)
  const parentSpanId = '5'.repeat(16)
  const spanIds = ['5'.repeat(16), 'é'.repeat(16), 'R'.repeat(16), '🚀'.repeat(8), '']
  const keys = [...spanIds.map((spanId) => `${traceId}-${spanId}`), `${traceId}_${parentSpanId}`]
  for (const key of keys) {
    for (const name of ['load', '', parentSpanId, key]) {
      const attributes = { [ATTR.runKey]: key, [ATTR.parentId]: parentSpanId, [ATTR.name]: name, [ATTR.target]: 'x' }
      const given = record({ traceId, parentSpanId, name, attributes })
      expect(parseRecordText(toRecordText(given))).toEqual(given)
    }
  }
  const own = record({ traceId, parentSpanId, runKey: keys[0], attributes: { [ATTR.parentId]: parentSpanId } })
  expect(toRecordText(own).split(parentSpanId)).toHaveLength(2)
})

test('every attribute name has a letter of its own', () => {
  const letters = Object.values(ATTR).map((name) => toRecordText(record({ attributes: { [name]: true } })))
  expect(new Set(letters).size).toBe(Object.values(ATTR).length)
  for (const text of letters) expect(text).not.toContain('=')
})

test('a text that is no record is none, wherever it was cut', () => {
  const text = toRecordText(record({ attributes: { [ATTR.target]: 'x'.repeat(20), [ATTR.progress]: 0.5 } }))
  for (let end = 0; end < text.length; end += 1) {
    const read = parseRecordText(text.slice(0, end))
    if (read !== undefined) expect(text.startsWith(toRecordText(read))).toBe(true)
  }
  fc.assert(fc.property(fc.string(), (any) => void parseRecordText(any)))
})

test('a start record of a step takes less than 320 bytes', () => {
  const attributes = { [ATTR.parentId]: '5'.repeat(16), [ATTR.ordinal]: 12 }
  expect(Buffer.byteLength(toRecordText(record({ phase: 'started', attributes })))).toBeLessThan(320)
})
