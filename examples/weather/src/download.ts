/** A server that answered, but not with what was asked for. */
export class HttpError extends Error {
  override readonly name = 'HttpError'

  constructor(
    readonly status: number,
    statusText: string,
  ) {
    super(`${status} ${statusText}`)
  }
}

/** True for the answers that another try may change: too many requests, and what the server blames on itself. */
export function isTemporary(error: unknown): boolean {
  return error instanceof HttpError && (error.status === 429 || error.status >= 500)
}

/**
 * Fetches a text; `onProgress` hears how much of it is there, from 0 to 1.
 *
 * @throws HttpError when the server answers with anything but 2xx.
 */
export async function download(url: URL, signal: AbortSignal, onProgress: (part: number) => void): Promise<string> {
  const response = await fetch(url, { signal })
  if (!response.ok || response.body === null) throw new HttpError(response.status, response.statusText)
  const total = Number(response.headers.get('content-length'))
  const decoder = new TextDecoder()
  let text = ''
  let received = 0
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true })
    received += chunk.length
    if (total > 0) onProgress(received / total)
  }
  return text + decoder.decode()
}
