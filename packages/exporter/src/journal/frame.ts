import { writeSync } from 'node:fs'

/** Begins every frame; a byte that UTF-8 never uses, so that after damage the next frame is found again. */
const MARK = 0xfe
/** The mark, the length in four bytes of seven bits, the checksum in five. */
const HEAD = 10
const MAX_LENGTH = 0x0fffffff

/** Frames are made in it, one after the other, so that nothing is allocated for a step. */
let buffer = Buffer.allocUnsafe(64 * 1024)

/** Puts a text into the buffer, as one frame. Returns how many bytes the text has. */
function seal(text: string): number {
  const most = HEAD + text.length * 3
  if (most > buffer.length) buffer = Buffer.allocUnsafe(most * 2)
  const length = buffer.write(text, HEAD)
  const sum = checksum(buffer, HEAD, HEAD + length)
  buffer[0] = MARK
  for (let i = 0; i < 4; i += 1) buffer[1 + i] = (length >>> (7 * i)) & 0x7f
  for (let i = 0; i < 5; i += 1) buffer[5 + i] = (sum >>> (7 * i)) & 0x7f
  return length
}

/** A text as one frame. */
export function toFrame(text: string): Buffer {
  const size = HEAD + seal(text)
  return Buffer.from(buffer.subarray(0, size))
}

/** Writes a text as one frame to a file, by one call. Returns how many bytes it has, and how many of them the file took. */
export function writeFrame(file: number, text: string): { size: number; written: number } {
  const size = HEAD + seal(text)
  return { size, written: writeSync(file, buffer, 0, size) }
}

/** FNV-1a: for the short texts of records it takes half the time that a call of zlib does. */
function checksum(bytes: Uint8Array, from: number, end: number): number {
  let sum = 0x811c9dc5
  for (let i = from; i < end; i += 1) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193)
  return sum >>> 0
}

/** What a journal's bytes say. */
export interface Frames {
  readonly texts: string[]
  /** Places where something stands that is no whole frame: a flipped bit, a write that was cut short. */
  readonly damaged: number
}

/** Reads every whole frame, whatever else is among the bytes. */
export function readFrames(bytes: Buffer): Frames {
  const texts: string[] = []
  let damaged = 0
  for (let at = 0; at < bytes.length; ) {
    const end = frameEnd(bytes, at)
    if (end !== undefined) {
      texts.push(bytes.toString('utf8', at + HEAD, end))
      at = end
      continue
    }
    damaged += 1
    const next = bytes.indexOf(MARK, at + 1)
    at = next === -1 ? bytes.length : next
  }
  return { texts, damaged }
}

function frameEnd(bytes: Buffer, at: number): number | undefined {
  if (bytes[at] !== MARK || at + HEAD > bytes.length) return undefined
  let length = 0
  for (let i = 0; i < 4; i += 1) length |= (bytes[at + 1 + i] as number) << (7 * i)
  const end = at + HEAD + length
  if (length < 0 || length > MAX_LENGTH || end > bytes.length) return undefined
  let sum = 0
  for (let i = 0; i < 5; i += 1) sum += (bytes[at + 5 + i] as number) * 2 ** (7 * i)
  return checksum(bytes, at + HEAD, end) === sum ? end : undefined
}
