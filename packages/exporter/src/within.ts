/** Resolves when the work is done, or when so many milliseconds are over; the work is told so. */
export async function within(ms: number, work: (stop: AbortSignal) => Promise<unknown>): Promise<void> {
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), ms)
  try {
    await Promise.race([work(stop.signal), aborted(stop.signal)])
  } finally {
    clearTimeout(late)
  }
}

/** Resolves when the signal says to stop. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
