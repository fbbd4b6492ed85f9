import { createHash } from 'node:crypto'
import { ExporterError } from '../exporter-error.js'

/**
 * Reads an address that documents or messages are posted to.
 *
 * @throws ExporterError `invalid_option`; its message does not repeat the address, which may be a secret.
 */
export function parseTargetUrl(option: string, url: unknown): URL {
  const parsed = typeof url === 'string' || url instanceof URL ? toUrl(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new ExporterError(
      'invalid_option',
      `${option} is no http or https address; give one such as https://example.org/hook.`,
    )
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new ExporterError('invalid_option', `${option} holds a user name or password; give it in a header instead.`)
  }
  return parsed
}

/** A name for a receiver that says nothing of its address, and stays the same. */
export function targetId(kind: string, url: URL): string {
  return `${kind}-${createHash('sha256').update(url.href).digest('hex').slice(0, 16)}`
}

function toUrl(url: string | URL): URL | undefined {
  try {
    return new URL(url)
  } catch {
    // The caller says what is wrong, without the address.
    return undefined
  }
}
