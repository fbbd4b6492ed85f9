/** What a programmer did wrong when wrapping, as a literal that programs can switch on. */
export type SdkErrorCode = 'invalid_name' | 'invalid_option' | 'invalid_function'

const BRAND = Symbol.for('runspan.SdkError')

/** Thrown at wrap time only: the message says what was wrong and which form is allowed. */
export class SdkError extends TypeError {
  override readonly name = 'SdkError'
  readonly code: SdkErrorCode

  constructor(code: SdkErrorCode, message: string) {
    super(message)
    this.code = code
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** True for an {@link SdkError} of this or any other installed copy of the package. */
export function isSdkError(value: unknown): value is SdkError {
  return value instanceof Error && (value as { [BRAND]?: unknown })[BRAND] === true
}
