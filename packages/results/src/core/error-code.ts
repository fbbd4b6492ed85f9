/** The integer of a failure that carries none of its own. */
export const DEFAULT_ERROR_CODE = 500

/** The integer of a value that was refused. */
export const VALIDATION_ERROR_CODE = 400

/** What kind of thing went wrong, in seven words. */
export const ERROR_CATEGORY = {
  validation: 'E001',
  timeout: 'E002',
  execution: 'E003',
  cancelled: 'E004',
  retryExhausted: 'E005',
  database: 'E006',
  expression: 'E007',
} as const

/** One of `E001` to `E007`. */
export type ErrorCategory = (typeof ERROR_CATEGORY)[keyof typeof ERROR_CATEGORY]
