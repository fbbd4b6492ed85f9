/** What the codes of a connection that failed mean to who reads them. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to that machine',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'no machine of that name is known',
  EAI_AGAIN: 'the name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_SOCKET: 'the connection was cut',
}

/** Why `fetch` failed, in words; it says no more itself than that it did. */
export function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer in ${timeoutMs} ms`
  const cause = firstCause(error)
  const code = 'code' in cause ? String(cause.code) : undefined
  const words = code === undefined ? undefined : WORDS[code]
  return words === undefined ? cause.message || code || error.message : `${words}, ${code}`
}

/** Under an error of several addresses of one name stands one error for each. */
function firstCause(error: Error): Error {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return firstCause(error.errors[0])
  return error.cause instanceof Error ? firstCause(error.cause) : error
}

/**
 * A signal that is aborted after so many milliseconds. Held by its timer: one of `AbortSignal.timeout` that only a
 * request refers to may be collected as garbage on Node 20, and then the request has no end.
 */
export function deadline(ms: number): AbortSignal {
  const stop = new AbortController()
  setTimeout(() => stop.abort(new DOMException(`no answer in ${ms} ms`, 'TimeoutError')), ms).unref()
  return stop.signal
}
