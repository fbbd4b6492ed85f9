import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFrames, toFrame } from './frame.js'
import { pen } from './pen.js'

const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { minLength: 1, maxLength: 8 })
const toBytes = (list: readonly string[]) =>
  Buffer.concat(
    list.map((text) => {
      pen.begin(text)
      return toFrame()
    }),
  )

test('what is written is read, whatever the text', () => {
  fc.assert(fc.property(texts, (list) => void expect(readFrames(toBytes(list))).toEqual({ texts: list, damaged: 0 })))
})

test('a text longer than the buffer is written whole', () => {
  const long = '€'.repeat(300_000)
  expect(readFrames(toBytes(['a', long, 'b'])).texts).toEqual(['a', long, 'b'])
})

test('cut at any byte, everything before the cut frame is read, and never less with more bytes', () => {
  fc.assert(
    fc.property(texts, (list) => {
      const bytes = toBytes(list)
      let known = 0
      for (let end = 0; end <= bytes.length; end += 1) {
        const { texts: read } = readFrames(bytes.subarray(0, end))
        expect(read).toEqual(list.slice(0, read.length))
        expect(read.length).toBeGreaterThanOrEqual(known)
        known = read.length
      }
      expect(known).toBe(list.length)
    }),
    { numRuns: 30 },
  )
})

test('one flipped bit costs one frame, or the one it seems to swallow, and is counted', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(7), (list, at, bit) => {
      const bytes = toBytes(list)
      const index = at % bytes.length
      bytes[index] = (bytes[index] as number) ^ (1 << bit)
      const { texts: read, damaged } = readFrames(bytes)
      expect(read.length).toBe(list.length - 1)
      expect(read.every((text) => list.includes(text))).toBe(true)
      expect(damaged).toBeGreaterThan(0)
    }),
  )
})

test('any bytes at all are read without an exception and without an end that never comes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => void readFrames(Buffer.from(bytes))))
  expect(readFrames(Buffer.alloc(100_000, 0xfe))).toMatchObject({ texts: [] })
})

test('lengths that are damaged cost no time', () => {
  const bytes = toBytes(Array.from({ length: 200_000 }, () => 'x'.repeat(100)))
  // Each length now says two million bytes: to read so far at every frame would take minutes.
  for (let at = 0; at < bytes.length; at += 110) bytes[at + 4] = 1
  expect(readFrames(bytes)).toMatchObject({ texts: [], damaged: 200_000 })
})

test('two flips in the highest bits of two words do not make up for each other', () => {
  const bytes = toBytes(['x'.repeat(12)])
  for (const at of [3, 7]) bytes[10 + at] = (bytes[10 + at] as number) ^ 0x80
  expect(readFrames(bytes)).toEqual({ texts: [], damaged: 1 })
})
