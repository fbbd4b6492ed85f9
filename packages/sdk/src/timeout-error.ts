/** What a step or run fails with when its `timeout` is over; `name` is the one that the web platform uses. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'ETIMEDOUT'

  constructor(name: string, timeoutMs: number) {
    super(`'${name}' did not finish within ${timeoutMs} ms`)
  }
}
