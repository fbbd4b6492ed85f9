/** An answer other than 200: what is said to the client, in words that are fit for it. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault'
  readonly status: FaultStatus

  constructor(status: FaultStatus, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.status = status
  }
}

/**
 * Every status that refuses, with the code of `google.rpc.Status` it goes with. A client sends again after 503 alone;
 * after all others it gives its batch up, so only what is wrong for good may have one of those.
 */
export const FAULT_CODES = {
  400: 3,
  401: 16,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  421: 3,
  503: 14,
} as const

export type FaultStatus = keyof typeof FAULT_CODES

/** Makes a fault of whatever was thrown; what nobody foresaw is temporary trouble, for data must not be lost by it. */
export function toFault(error: unknown): HttpFault {
  if (error instanceof HttpFault) return error
  return new HttpFault(503, 'The request cannot be served now; try again.', { cause: error })
}
