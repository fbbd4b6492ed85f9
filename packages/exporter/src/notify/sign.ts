import { createHmac } from 'node:crypto'
import { ExporterError } from '../exporter-error.js'

const PREFIX = 'whsec_'

/**
 * Reads the secret that messages are signed with: `whsec_` and base64, as Standard Webhooks write it, or any other text.
 *
 * @throws ExporterError `invalid_option` for one shorter than 24 bytes, which could be guessed.
 */
export function parseSecret(secret: unknown): Buffer {
  if (typeof secret !== 'string') throw new ExporterError('invalid_option', 'secret is no text; give one, or none.')
  const key = secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret)
  if (key.length >= 24) return key
  throw new ExporterError('invalid_option', `secret has ${key.length} bytes; give at least 24 that nobody can guess.`)
}

/**
 * The headers of a signed message. Formula: Standard Webhooks 1.0, `v1,` and the base64 of HMAC-SHA256 over
 * `<id>.<seconds since 1970>.<body>`.
 */
export function signatureHeaders(
  id: string,
  body: string,
  key: Buffer | undefined,
  now: Date,
):
  | Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>
  | Record<'webhook-id' | 'webhook-timestamp', string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000))
  const plain = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (key === undefined) return plain
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { ...plain, 'webhook-signature': `v1,${signature}` }
}
