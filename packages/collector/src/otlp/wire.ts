import { MalformedBody } from './decoded.js'

/** A place in protobuf bytes. The functions below read from it and move it on. */
export interface Cursor {
  readonly bytes: Buffer
  at: number
}

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** A field's tag: its number and how its value is written. */
export function toTag(field: number, wire: number): number {
  return field * 8 + wire
}

/** Reads an unsigned varint; exact up to 2^53, which is enough for tags, lengths, enums and booleans. */
export function readVarint(cursor: Cursor, end: number): number {
  const { bytes } = cursor
  let byte = cursor.at < end ? bytes[cursor.at++]! : tooShort(cursor)
  if (byte < 0x80) return byte
  let value = byte & 0x7f
  let factor = 128
  for (let count = 1; count < 10; count++) {
    byte = cursor.at < end ? bytes[cursor.at++]! : tooShort(cursor)
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
    factor *= 128
  }
  throw new MalformedBody(`The body is no protobuf: a number at byte ${cursor.at} is longer than 10 bytes.`)
}

/** Reads a varint as a signed 64-bit integer: a number where that is exact, else a bigint. */
export function readInt64(cursor: Cursor, end: number): number | bigint {
  const begin = cursor.at
  const value = readVarint(cursor, end)
  if (cursor.at - begin < 8) return value
  let exact = 0n
  for (let at = cursor.at - 1; at >= begin; at--) exact = (exact << 7n) | BigInt(cursor.bytes[at]! & 0x7f)
  const signed = BigInt.asIntN(64, exact)
  const short = Number(signed)
  return Number.isSafeInteger(short) ? short : signed
}

/** Reads a length and checks that so many bytes are there; returns where they end. */
export function readEnd(cursor: Cursor, end: number): number {
  const length = readVarint(cursor, end)
  const last = cursor.at + length
  if (last > end) tooShort(cursor)
  return last
}

/** Moves past `count` bytes of a fixed-size value and returns where it began. */
export function readFixed(cursor: Cursor, count: number, end: number): number {
  const begin = cursor.at
  if (begin + count > end) tooShort(cursor)
  cursor.at = begin + count
  return begin
}

const BILLION = 1_000_000_000

/**
 * Reads an unsigned 64-bit integer as decimal digits. By thirds, so that no sum goes beyond what a number holds exactly
 * (2^48 is 281,474 billions and 976,710,656; 2^32 is 4 billions and 294,967,296): a bigint takes three times as long.
 */
export function readNanos(bytes: Buffer, at: number): string {
  const high = bytes.readUInt16LE(at + 6)
  const middle = bytes.readUInt16LE(at + 4)
  const rest = high * 976_710_656 + middle * 294_967_296 + bytes.readUInt32LE(at)
  const seconds = high * 281_474 + middle * 4 + Math.floor(rest / BILLION)
  const nanos = rest % BILLION
  return seconds === 0 ? String(nanos) : `${seconds}${String(nanos).padStart(9, '0')}`
}

/** Moves past a field that nobody asked for, whatever it holds. */
export function skipField(cursor: Cursor, tag: number, end: number): void {
  if (tag < 8) throw new MalformedBody(`The body is no protobuf: field number 0 at byte ${cursor.at}.`)
  switch (tag & 7) {
    case WIRE.varint:
      readVarint(cursor, end)
      return
    case WIRE.fixed64:
      readFixed(cursor, 8, end)
      return
    case WIRE.bytes:
      cursor.at = readEnd(cursor, end)
      return
    case WIRE.fixed32:
      readFixed(cursor, 4, end)
      return
    default:
      throw new MalformedBody(
        `The body is no OTLP protobuf: wire type ${tag & 7} at byte ${cursor.at}, which OTLP does not use.`,
      )
  }
}

/** Calls `read` with the end of every field of that tag up to `end`, and passes over the others. */
export function forEachField(cursor: Cursor, end: number, wanted: number, read: (fieldEnd: number) => void): void {
  while (cursor.at < end) {
    const field = readVarint(cursor, end)
    if (field === wanted) read(readEnd(cursor, end))
    else skipField(cursor, field, end)
  }
}

function tooShort(cursor: Cursor): never {
  throw new MalformedBody(`The body is no whole protobuf message: it ends too early at byte ${cursor.at}.`)
}
