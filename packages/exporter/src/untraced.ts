import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'

/** The key by which OpenTelemetry's SDKs know that nothing is to be traced. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')
const UNTRACED = ROOT_CONTEXT.setValue(SUPPRESSED, true)

/**
 * Does the work of a sink outside all that is traced: its requests are no part of the user's run, and a sink that is
 * tracked itself would give each document cause for another one.
 */
export function untraced<T>(work: () => T): T {
  return context.with(UNTRACED, work)
}
