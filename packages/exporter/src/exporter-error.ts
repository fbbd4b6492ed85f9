/** What went wrong in this package, as a literal that programs can switch on. */
export type ExporterErrorCode = 'invalid_option' | 'cannot_write' | 'cannot_read' | 'timeout'

const BRAND = Symbol.for('runspan.ExporterError')

/** Every error this package throws: the message says what was wrong, where, and what to do. */
export class ExporterError extends Error {
  override readonly name = 'ExporterError'
  readonly code: ExporterErrorCode

  constructor(code: ExporterErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** True for an {@link ExporterError} of this or any other installed copy of the package. */
export function isExporterError(value: unknown): value is ExporterError {
  return value instanceof Error && (value as { [BRAND]?: unknown })[BRAND] === true
}
