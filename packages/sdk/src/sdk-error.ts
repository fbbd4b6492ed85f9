import { quote } from '@runspan/results/core'

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

/** Says which option has a value that it cannot have, and what it can. */
export function refuseOption(option: string, value: unknown, allowed: string): never {
  throw new SdkError('invalid_option', `${option} is ${quote(value)}; give ${allowed}.`)
}

/** Makes sure that an option is left out or right. */
export function checkOption(
  option: string,
  value: unknown,
  isRight: (value: unknown) => boolean,
  allowed: string,
): void {
  if (value !== undefined && !isRight(value)) refuseOption(option, value, allowed)
}
