import { writeSync } from 'node:fs'
import { Pen, pen, TEXT_AT } from './pen.js'

/** Begins every frame; a byte that UTF-8 never uses, so that after damage the next frame is found again. */
const MARK = 0xfe
/** The mark, the length in four bytes of seven bits, the checksum in five. */
const HEAD = 10
const FRAME_AT = TEXT_AT - HEAD
const MAX_LENGTH = 0x0fffffff

/** Makes one frame of what the pen has written. Returns how long it is. */
function seal(): number {
  const length = pen.at - TEXT_AT
  const sum = checksum(pen)
  const { bytes } = pen
  bytes[FRAME_AT] = MARK
  for (let i = 0; i < 4; i += 1) bytes[FRAME_AT + 1 + i] = (length >>> (7 * i)) & 0x7f
  for (let i = 0; i < 5; i += 1) bytes[FRAME_AT + 5 + i] = (sum >>> (7 * i)) & 0x7f
  return HEAD + length
}

/** What the pen has written, as one frame. */
export function toFrame(): Buffer {
  const size = seal()
  return Buffer.from(pen.bytes.subarray(FRAME_AT, FRAME_AT + size))
}

/**
 * Writes what the pen has written as one frame to a file, by one call. Returns how many bytes it has.
 *
 * @throws what the file system throws, and `ENOSPC` when the file took a part only: what is left there is no frame.
 */
export function writeFrame(file: number): number {
  const size = seal()
  if (writeSync(file, pen.bytes, FRAME_AT, size) < size) throw fullDisk()
  return size
}

/** The error of a write that was cut short, as it is when the disk is nearly full. */
export function fullDisk(): Error {
  return Object.assign(new Error('the disk took a part only'), { code: 'ENOSPC' })
}

/**
 * FNV-1a over words instead of bytes, with a shift, so that their high bits are mixed in too: for the short texts of
 * records it takes a quarter of the time of a call of zlib. A word has the byte order of the machine.
 */
function checksum({ bytes, words, at }: Pen): number {
  for (let i = 0; i < 4; i += 1) bytes[at + i] = 0
  let sum = 0x811c9dc5
  for (let i = TEXT_AT / 4; i * 4 < at; i += 1) {
    sum = Math.imul(sum ^ (words[i] as number), 0x01000193)
    sum ^= sum >>> 15
  }
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
  // Its buffer is where the words of a text lie as they did when its checksum was made.
  const reader = new Pen()
  let damaged = 0
  for (let at = 0; at < bytes.length; ) {
    const end = frameEnd(bytes, at, reader)
    if (end !== undefined) {
      texts.push(reader.toString())
      at = end
      continue
    }
    damaged += 1
    const next = bytes.indexOf(MARK, at + 1)
    at = next === -1 ? bytes.length : next
  }
  return { texts, damaged }
}

/** Where a whole frame ends, of which the reader then holds the text. */
function frameEnd(bytes: Buffer, at: number, reader: Pen): number | undefined {
  if (bytes[at] !== MARK || at + HEAD > bytes.length) return undefined
  let length = 0
  for (let i = 0; i < 4; i += 1) length |= (bytes[at + 1 + i] as number) << (7 * i)
  const end = at + HEAD + length
  // No frame holds a mark, so none goes beyond the next one: a length that is damaged costs no time.
  const next = bytes.indexOf(MARK, at + 1)
  if (length > MAX_LENGTH || end > (next === -1 ? bytes.length : next)) return undefined
  let sum = 0
  for (let i = 0; i < 5; i += 1) sum += (bytes[at + 5 + i] as number) * 2 ** (7 * i)
  reader.begin('')
  reader.copy(bytes.subarray(at + HEAD, end))
  return checksum(reader) === sum ? end : undefined
}
