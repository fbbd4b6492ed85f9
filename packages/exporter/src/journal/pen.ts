/** Where a text begins: its words are read for the checksum, and a word begins at every fourth byte. */
export const TEXT_AT = 12
const TRACE_AT = TEXT_AT + 2
const TRACE_LENGTH = 32
const ROOM = 64 * 1024
/** A longer text takes less time by a call. */
const SHORT = 32

/**
 * Writes texts as UTF-8 into one buffer, letter by letter: nothing is allocated, and for the short texts that a record
 * is made of the loop takes less time than a call of the runtime for each.
 */
export class Pen {
  /** The buffer; there is always room for four bytes behind {@link at}. */
  bytes: Buffer = Buffer.alloc(0)
  /** The same memory, four bytes at a time. */
  words = new Int32Array(0)
  /** Where the next letter goes. */
  at = TEXT_AT
  /** The trace id that stands at its place from the last time. */
  private trace = ''

  constructor() {
    this.makeRoom(ROOM)
  }

  /** Begins anew, with any text. */
  begin(text: string): void {
    this.trace = ''
    this.at = TEXT_AT
    this.put(text)
  }

  /** Begins anew, with two letters and a trace id: most often it is that of the last time, and stands there already. */
  beginInTrace(first: number, second: number, trace: string): void {
    this.at = TEXT_AT
    this.code(first)
    this.code(second)
    if (trace === this.trace) {
      this.at = TRACE_AT + TRACE_LENGTH
      return
    }
    this.put(trace)
    this.trace = this.at === TRACE_AT + TRACE_LENGTH ? trace : ''
  }

  /** Writes a letter of ASCII. */
  code(code: number): void {
    this.bytes[this.at++] = code
    if (this.at + 4 > this.bytes.length) this.makeRoom(ROOM)
  }

  put(text: string): void {
    const { length } = text
    if (this.at + length * 3 + 4 > this.bytes.length) this.makeRoom(length * 3)
    const { bytes, at } = this
    if (length <= SHORT) {
      let i = 0
      while (i < length) {
        const code = text.charCodeAt(i)
        if (code > 0x7f) break
        bytes[at + i] = code
        i += 1
      }
      if (i === length) {
        this.at = at + length
        return
      }
    }
    this.at = at + bytes.write(text, at)
  }

  number(value: number): void {
    if (value >= 0 && value < 10 && Number.isInteger(value)) this.code(48 + value)
    else this.put(String(value))
  }

  copy(from: Uint8Array): void {
    if (this.at + from.length + 4 > this.bytes.length) this.makeRoom(from.length)
    this.bytes.set(from, this.at)
    this.at += from.length
  }

  /** What was written since it began, as text. */
  toString(): string {
    return this.bytes.toString('utf8', TEXT_AT, this.at)
  }

  private makeRoom(more: number): void {
    const memory = new ArrayBuffer(Math.ceil((this.at + more) / 4) * 8)
    const bytes = Buffer.from(memory)
    this.bytes.copy(bytes)
    this.bytes = bytes
    this.words = new Int32Array(memory)
  }
}

/** The one pen that everything is written down with: what it holds is used before anybody begins anew. */
export const pen = new Pen()
