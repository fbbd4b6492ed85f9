import { type Joined, join } from './carrier.js'
import { environmentCarrier } from './config.js'
import { guard } from './report.js'

let joined: Joined | null | undefined

/**
 * Where this process was started in, by its environment: read once, at the first call that has nothing around it.
 * Undefined in most processes.
 */
export function environmentRun(): Joined | undefined {
  if (joined === undefined) {
    const carrier = environmentCarrier()
    joined = (carrier && guard('TRACEPARENT and BAGGAGE could not be read', () => join(carrier))) ?? null
  }
  return joined ?? undefined
}
