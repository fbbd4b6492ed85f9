import { diag } from '@opentelemetry/api'

/** Says each thing once, through OpenTelemetry's `diag`. Never throws. */
export function createReporter(): (message: string) => void {
  const said = new Set<string>()
  return (message) => {
    if (said.has(message) || said.size > 1_000) return
    said.add(message)
    try {
      diag.error(`runspan: ${message}`)
    } catch {
      // The application's own logger throws: there is nobody left to tell.
    }
  }
}
