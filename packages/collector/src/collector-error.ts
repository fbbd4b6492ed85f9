/** What went wrong in this package, as a literal that programs can switch on. */
export type CollectorErrorCode =
  | 'invalid_option'
  | 'address_unavailable'
  | 'store_in_use'
  | 'store_not_ours'
  | 'store_too_new'
  | 'store_unreadable'
  | 'store_unavailable'

const BRAND = Symbol.for('runspan.CollectorError')

/** Every error this package throws: `code` says which, the message says what was wrong and what to do. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError'
  readonly code: CollectorErrorCode

  constructor(code: CollectorErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** True for a {@link CollectorError} of this or any other installed copy of the package. */
export function isCollectorError(value: unknown): value is CollectorError {
  return value instanceof Error && (value as { [BRAND]?: unknown })[BRAND] === true
}
