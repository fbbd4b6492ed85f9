import { SendError } from '../sink.js'

/** What a request needs besides its address and its body. */
export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly fetch: typeof fetch
}

const MAX_ANSWER = 64 * 1024
const MAY_PASS = new Set([408, 425, 429])

/**
 * Posts JSON. No redirect is followed: it would carry the body, and the headers, to somebody nobody chose.
 *
 * @throws SendError whose message names the host, never the address: a webhook's address is a secret.
 */
export async function post(url: URL, body: string, options: PostOptions): Promise<void> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const response = await request(url, body, options, timeout)
  await discard(response)
  if (response.ok) return
  const { status } = response
  const permanent = status < 500 && !MAY_PASS.has(status)
  throw new SendError(`${url.host} answered ${status}${status >= 300 && status < 400 ? ', a redirect' : ''}`, {
    permanent,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
  })
}

async function request(url: URL, body: string, options: PostOptions, timeout: AbortSignal): Promise<Response> {
  try {
    return await options.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...options.headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, options.signal]),
    })
  } catch (error) {
    const why = timeout.aborted
      ? `did not answer within ${options.timeoutMs / 1_000} s`
      : `cannot be reached${codeOf(error)}`
    throw new SendError(`${url.host} ${why}`, { permanent: false })
  }
}

/** Reads an answer to its end, so that the connection can be used again; one that is too long is cut off. */
async function discard(response: Response): Promise<void> {
  try {
    let length = 0
    for await (const chunk of response.body ?? []) {
      length += (chunk as Uint8Array).length
      if (length > MAX_ANSWER) break
    }
  } catch {
    // What the receiver says after its status line changes nothing.
  }
}

function codeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code
  return typeof cause === 'string' ? `: ${cause}` : ''
}

function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1_000
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1_000) : undefined
}
