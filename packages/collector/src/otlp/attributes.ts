import { ATTR } from '@runspan/results/core'
import { createTextMemory } from './text-memory.js'
import { type Cursor, readEnd, readFixed, readInt64, readVarint, skipField, toTag, WIRE } from './wire.js'

const KEY = toTag(1, WIRE.bytes)
const VALUE = toTag(2, WIRE.bytes)
const TEXT_VALUE = toTag(1, WIRE.bytes)
const BOOL_VALUE = toTag(2, WIRE.varint)
const INT_VALUE = toTag(3, WIRE.varint)
const DOUBLE_VALUE = toTag(4, WIRE.fixed64)
/** Arrays, maps and bytes: never recorded, so never looked into, however deep they are. */
const OTHER_VALUES: readonly number[] = [toTag(5, WIRE.bytes), toTag(6, WIRE.bytes), toTag(7, WIRE.bytes)]

/** The attribute names a record keeps, by number; at most 31, so that a set of them is one integer. */
const NAMES: readonly string[] = Object.values(ATTR)
const NAME_BYTES = NAMES.map((name) => new TextEncoder().encode(name))
const KIND_BIT = 1 << NAMES.indexOf(ATTR.kind)
const BY_LENGTH: number[][] = []
NAME_BYTES.forEach(({ length }, number) => {
  BY_LENGTH[length] ??= []
  BY_LENGTH[length].push(number)
})

/** A memory slot of {@link AttributeReader.readText} that belongs to no attribute. */
export const SPAN_NAME_SLOT = NAMES.length

/** Reads the attributes of one span after another. */
export interface AttributeReader {
  /** Forgets the attributes of the span before. */
  begin(): void
  /** Takes note of the attribute that begins at the cursor and ends at `end`; makes nothing of it. */
  scan(end: number): void
  /** True when the attributes noted are those of a Runspan span. */
  isOurs(): boolean
  /** Makes the values of the attributes noted. Leaves the cursor anywhere. */
  toObject(): Record<string, unknown>
  /** Reads text of the span itself. */
  readText(begin: number, end: number): string
}

export function createAttributeReader(cursor: Cursor): AttributeReader {
  const { bytes } = cursor
  const valueAt = new Int32Array(NAMES.length)
  const valueEnd = new Int32Array(NAMES.length)
  const readText = createTextMemory(bytes, NAMES.length + 1)
  const present: number[] = []
  // One span's attributes mostly come in the order of the span before.
  const expected: number[] = []
  let position = 0
  let seen = 0

  const find = (begin: number, end: number): number => {
    const likely = expected[position]
    if (likely !== undefined && likely >= 0 && isName(bytes, begin, end, likely)) return likely
    const candidates = BY_LENGTH[end - begin]
    const found = candidates?.find((number) => isName(bytes, begin, end, number)) ?? -1
    if (position < NAMES.length) expected[position] = found
    return found
  }

  const note = (name: number, at: number, until: number) => {
    position += 1
    if (name < 0) return
    if ((seen & (1 << name)) === 0) present.push(name)
    seen |= 1 << name
    valueAt[name] = at
    valueEnd[name] = until
  }

  /** Reads the fields of an attribute whatever their order and number. */
  const scanAnyForm = (end: number) => {
    let name = -1
    let at = -1
    let until = -1
    while (cursor.at < end) {
      const part = readVarint(cursor, end)
      if (part === KEY) {
        const keyEnd = readEnd(cursor, end)
        name = find(cursor.at, keyEnd)
        cursor.at = keyEnd
      } else if (part === VALUE) {
        until = readEnd(cursor, end)
        at = cursor.at
        cursor.at = until
      } else skipField(cursor, part, end)
    }
    note(name, at, until)
  }

  return {
    begin() {
      position = 0
      seen = 0
      present.length = 0
    },
    scan(end) {
      // The form that everybody writes: a key below 128 bytes, then the value, and nothing else.
      const begin = cursor.at
      const keyEnd = begin + 2 + bytes[begin + 1]!
      const length = bytes[keyEnd + 1]!
      const isUsual = bytes[begin] === KEY && keyEnd + 2 <= end && bytes[keyEnd] === VALUE && bytes[begin + 1]! < 0x80
      if (isUsual && length < 0x80 && keyEnd + 2 + length === end) {
        note(find(begin + 2, keyEnd), keyEnd + 2, end)
        cursor.at = end
      } else scanAnyForm(end)
    },
    isOurs: () => (seen & KIND_BIT) !== 0,
    toObject() {
      const attributes: Record<string, unknown> = {}
      for (let p = 0; p < present.length; p++) {
        const name = present[p]!
        attributes[NAMES[name]!] =
          valueAt[name]! < 0 ? undefined : readValue(cursor, valueAt[name]!, valueEnd[name]!, readText, name)
      }
      return attributes
    },
    readText: (begin, end) => readText(begin, end, SPAN_NAME_SLOT),
  }
}

function isName(bytes: Uint8Array, begin: number, end: number, number: number): boolean {
  const name = NAME_BYTES[number]!
  if (name.length !== end - begin) return false
  // From the end: most names begin alike.
  for (let at = name.length - 1; at >= 0; at--) if (name[at] !== bytes[begin + at]) return false
  return true
}

/** Reads an `AnyValue`; of several kinds of value in one, the last counts, as in every protobuf reader. */
function readValue(
  cursor: Cursor,
  begin: number,
  end: number,
  readText: (begin: number, end: number, slot: number) => string,
  slot: number,
): unknown {
  let value: unknown
  cursor.at = begin
  while (cursor.at < end) {
    const field = readVarint(cursor, end)
    if (field === TEXT_VALUE) {
      const last = readEnd(cursor, end)
      value = readText(cursor.at, last, slot)
      cursor.at = last
    } else if (field === BOOL_VALUE) value = readVarint(cursor, end) !== 0
    else if (field === INT_VALUE) value = readInt64(cursor, end)
    else if (field === DOUBLE_VALUE) value = cursor.bytes.readDoubleLE(readFixed(cursor, 8, end))
    else {
      skipField(cursor, field, end)
      if (OTHER_VALUES.includes(field)) value = undefined
    }
  }
  return value
}
