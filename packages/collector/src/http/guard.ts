import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { HttpFault } from './fault.js'

/** Refuses what must not come in, by throwing. */
export type Guard = (request: IncomingMessage) => void

/**
 * Checks the `Host` of every request, so that no web page can reach a collector on this machine by a name that its
 * owner points here; and the bearer token, when there is one.
 */
export function createGuard(options: { token?: string | undefined; allowHosts: readonly string[] }): Guard {
  const hosts = new Set(['localhost', ...options.allowHosts.map((host) => host.toLowerCase())])
  const digest = options.token === undefined ? undefined : sha256(options.token)
  return (request) => {
    const host = hostOf(request.headers.host)
    // An address cannot be pointed anywhere else; only names can.
    if (host === undefined || !(hosts.has(host) || isIP(host) > 0)) {
      throw new HttpFault(421, 'This Host is not served here; name it with --allow-host.')
    }
    if (digest !== undefined && !timingSafeEqual(digest, sha256(bearerOf(request.headers.authorization)))) {
      throw new HttpFault(401, 'The bearer token is missing or wrong; send "Authorization: Bearer <token>".')
    }
  }
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function bearerOf(header: string | undefined): string {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? ''
}

/** The host without its port, in lower case and without the brackets of IPv6. */
function hostOf(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:/@\s]+))(?::\d{1,5})?$/.exec(header?.toLowerCase() ?? '')
  return match?.[1] ?? match?.[2]
}
