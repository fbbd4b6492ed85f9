import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { HttpFault } from './fault.js'
import { FREE_DECODED, MAX_BODY, MAX_DECODED, MAX_RATIO } from './limits.js'

const gunzipAside = promisify(gunzip)

/** Compressed bodies up to here are inflated at once: that takes less than handing them to another thread. */
const INLINE_GZIP = 256 * 1024

/** The announced length of a body; undefined when it comes in pieces. @throws HttpFault 413 when it is too large. */
export function announcedLength(request: IncomingMessage): number | undefined {
  const header = request.headers['content-length']
  if (header === undefined) return undefined
  const length = Number(header)
  if (length > MAX_BODY) throw tooLarge(`The body has ${length} bytes`, MAX_BODY)
  return length
}

/**
 * Reads a body, never more of it than {@link MAX_BODY}, and inflates it, never to more than it may become.
 *
 * @throws HttpFault 413 when it is too large, 400 when it is no gzip, 415 for another encoding.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const zipped = isZipped(request.headers['content-encoding'])
  const raw = await readRaw(request, announcedLength(request))
  return zipped ? inflate(raw) : raw
}

function isZipped(encoding: string | undefined): boolean {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return false
  if (name === 'gzip' || name === 'x-gzip') return true
  throw new HttpFault(415, `The content encoding ${JSON.stringify(name)} is not understood; send gzip, once, or none.`)
}

function readRaw(request: IncomingMessage, length: number | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BODY) chunks.push(chunk)
      else {
        // The rest is read and thrown away: to cut the connection would take the answer away with it.
        chunks.length = 0
        reject(tooLarge('The body is too large', MAX_BODY))
      }
    })
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)))
    request.on('error', (cause) => reject(new HttpFault(400, 'The body was not sent to its end.', { cause })))
    if (length === 0) request.resume()
  })
}

async function inflate(raw: Buffer): Promise<Buffer> {
  const maxOutputLength = Math.min(MAX_DECODED, Math.max(FREE_DECODED, raw.length * MAX_RATIO))
  try {
    if (raw.length > INLINE_GZIP) return await gunzipAside(raw, { maxOutputLength })
    return gunzipSync(raw, { maxOutputLength, chunkSize: chunkSizeFor(raw, maxOutputLength) })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('The body is too large when inflated', maxOutputLength, cause)
    }
    throw new HttpFault(400, 'The body is no valid gzip, though its content encoding says so.', { cause })
  }
}

/** The last four bytes of gzip tell the length of the content: then one piece of memory is enough, if they are true. */
function chunkSizeFor(raw: Buffer, most: number): number {
  const told = raw.length >= 4 ? raw.readUInt32LE(raw.length - 4) : 0
  return Math.max(1024, Math.min(told + 1, most, 4 * 1024 * 1024))
}

function tooLarge(what: string, limit: number, cause?: unknown): HttpFault {
  return new HttpFault(413, `${what}; at most ${limit} bytes are taken. Send smaller batches.`, { cause })
}
