const pool = new Uint8Array(1600)
let used = pool.length
let lastMs = 0
let counter = 0

/** A new UUIDv7 (RFC 9562): milliseconds first, then a 12-bit counter so that the ids of one process sort by time. */
export function newRunId(now: number = Date.now()): string {
  if (used + 8 > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  const random = pool.subarray(used, used + 8)
  used += 8
  if (now > lastMs) {
    lastMs = now
    counter = (random[7] ?? 0) & 0x7f
  } else {
    counter += 1
    if (counter > 0xfff) {
      lastMs += 1
      counter = 0
    }
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const tail = hex(random)
  const variant = (8 | ((random[0] ?? 0) >> 6)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex12(counter)}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`
}

function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

function hex12(value: number): string {
  return value.toString(16).padStart(3, '0')
}
