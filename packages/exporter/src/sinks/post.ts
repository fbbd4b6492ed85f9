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
  // Held by its timer: a signal that nothing but a request refers to may be collected as garbage, and never be told.
  const stop = new AbortController()
  const abort = () => stop.abort()
  const timer = setTimeout(abort, options.timeoutMs)
  options.signal.addEventListener('abort', abort)
  if (options.signal.aborted) abort()
  try {
    const response = await request(url, body, options, stop.signal)
    await discard(response, stop.signal)
    check(url, response)
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', abort)
  }
}

async function request(url: URL, body: string, options: PostOptions, signal: AbortSignal): Promise<Response> {
  try {
    return await options.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...options.headers },
      body,
      redirect: 'manual',
      signal,
    })
  } catch (error) {
    const isLate = signal.aborted && !options.signal.aborted
    const why = isLate ? `did not answer within ${options.timeoutMs / 1_000} s` : `cannot be reached${codeOf(error)}`
    throw new SendError(`${url.host} ${why}`, { permanent: false })
  }
}

/** Reads an answer to its end, so that the connection can be used again; one that is too long, or too slow, is cut off. */
async function discard({ body }: Response, stop: AbortSignal): Promise<void> {
  const reader = body?.getReader()
  if (reader === undefined) return
  const cancel = () => void reader.cancel().catch(() => undefined)
  stop.addEventListener('abort', cancel)
  try {
    for (let length = 0; length <= MAX_ANSWER && !stop.aborted; ) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.length
    }
  } catch {
    // What the receiver says after its status line changes nothing.
  } finally {
    stop.removeEventListener('abort', cancel)
    cancel()
  }
}

function check({ host }: URL, { ok, status, headers }: Response): void {
  if (ok) return
  throw new SendError(`${host} answered ${status}${status >= 300 && status < 400 ? ', a redirect' : ''}`, {
    permanent: status < 500 && !MAY_PASS.has(status),
    retryAfterMs: retryAfterMs(headers.get('retry-after')),
  })
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
