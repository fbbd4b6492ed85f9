import { serializeError } from '@runspan/results/core'

/** The message of whatever was thrown, however hostile, without the secrets in it. */
export function messageOf(error: unknown): string {
  return serializeError(error).message
}
