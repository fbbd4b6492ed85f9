/** What pino, `console` and most other loggers have in common. */
export interface Logger {
  error(message: string): void
}

/** Logs, whatever the logger makes of it: a notification must not fail because its failure cannot be told. */
export function logError(logger: Logger | undefined, message: string): void {
  try {
    logger?.error(message)
  } catch {
    // There is nobody left to tell.
  }
}
