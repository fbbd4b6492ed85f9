import { HttpFault } from './fault.js'
import { MAX_IN_FLIGHT, MAX_REQUESTS } from './limits.js'

/** A request's place among those that are worked on. */
export interface Admitted {
  /** Says how many bytes the request really takes. @throws HttpFault 503 when that is too much now. */
  grow(bytes: number): void
  leave(): void
}

/** Bounds what is in memory at one time: beyond it a request is told to come back, never kept waiting. */
export function createAdmission(): (bytes: number) => Admitted {
  let requests = 0
  let bytesInFlight = 0
  const take = (bytes: number) => {
    if (bytesInFlight > 0 && bytesInFlight + bytes > MAX_IN_FLIGHT) {
      throw new HttpFault(503, 'Too much data is on its way at this moment; send it again.')
    }
    bytesInFlight += bytes
  }
  return (bytes) => {
    if (requests >= MAX_REQUESTS) throw new HttpFault(503, 'Too many requests at this moment; send it again.')
    take(bytes)
    requests += 1
    let taken = bytes
    return {
      grow(most) {
        if (most <= taken) return
        take(most - taken)
        taken = most
      },
      leave() {
        requests -= 1
        bytesInFlight -= taken
        taken = 0
      },
    }
  }
}
