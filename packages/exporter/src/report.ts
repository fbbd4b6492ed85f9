import { diag } from '@opentelemetry/api'

/** Says each thing once, through OpenTelemetry's `diag`. */
export function createReporter(): (message: string) => void {
  const said = new Set<string>()
  return (message) => {
    if (said.has(message) || said.size > 1_000) return
    said.add(message)
    diag.error(`runspan: ${message}`)
  }
}
