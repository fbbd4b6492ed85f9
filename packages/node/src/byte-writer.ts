/** One buffer that grows and is used for each request anew. */
const FIRST_SIZE = 256 * 1024

/** A text so short is one byte of length and that many of UTF-8, whatever it says. */
const MAX_SHORT = 42

/** Protobuf, as far as OTLP needs it. Lengths are written as short as can be. */
export class ByteWriter {
  bytes = Buffer.allocUnsafe(FIRST_SIZE)
  at = 0

  /** Makes room: what is written next takes no more than that. */
  reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + size))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }

  varint(value: number): void {
    this.reserve(10)
    let rest = value
    if (value < 0) {
      let bits = BigInt.asUintN(64, BigInt(value))
      for (; bits > 127n; bits >>= 7n) this.bytes[this.at++] = Number(bits & 127n) | 128
      rest = Number(bits)
    }
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bytes[this.at++] = (rest % 128) | 128
    this.bytes[this.at++] = rest
  }

  text(value: string): void {
    if (value.length <= MAX_SHORT) {
      this.reserve(1 + 3 * value.length)
      const written = this.bytes.write(value, this.at + 1)
      this.bytes[this.at] = written
      this.at += 1 + written
      return
    }
    const size = Buffer.byteLength(value)
    this.varint(size)
    this.reserve(size)
    this.at += this.bytes.write(value, this.at)
  }

  /** Bytes that are given in hexadecimal. */
  hex(value: string): void {
    this.reserve(1 + value.length)
    this.bytes[this.at] = value.length / 2
    this.at += 1 + this.bytes.write(value, this.at + 1, 'hex')
  }

  fixed32(value: number): void {
    this.reserve(4)
    this.at = this.bytes.writeUInt32LE(value, this.at)
  }

  double(value: number): void {
    this.reserve(8)
    this.at = this.bytes.writeDoubleLE(value, this.at)
  }

  /** Seconds and nanoseconds as nanoseconds: no product of them is beyond what a number holds exactly. */
  time([seconds, nanos]: readonly [number, number]): void {
    this.reserve(8)
    const upper = Math.floor(seconds / 65_536) * 1e9
    const low = (upper % 65_536) * 65_536 + (seconds % 65_536) * 1e9 + nanos
    this.at = this.bytes.writeUInt32LE(low % 2 ** 32, this.at)
    this.at = this.bytes.writeUInt32LE(Math.floor(upper / 65_536) + Math.floor(low / 2 ** 32), this.at)
  }

  /** A part whose length comes before it: gives where it begins, for `end`. Most are shorter than 128 bytes. */
  begin(): number {
    this.reserve(1)
    this.at += 1
    return this.at
  }

  /** Gives by how much its bytes had to move, to make room for the length. */
  end(begin: number): number {
    const size = this.at - begin
    if (size < 128) {
      this.bytes[begin - 1] = size
      return 0
    }
    const more = size < 2 ** 14 ? 1 : size < 2 ** 21 ? 2 : size < 2 ** 28 ? 3 : 4
    this.reserve(more)
    this.bytes.copyWithin(begin + more, begin, this.at)
    this.at = begin - 1
    this.varint(size)
    this.at = begin + more + size
    return more
  }

  /** What was written, as bytes of its own: they may be sent for a second time when others are written already. */
  take(): Uint8Array {
    const taken = Buffer.from(this.bytes.subarray(0, this.at))
    this.at = 0
    return taken
  }
}
