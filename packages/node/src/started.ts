import type { Runspan } from './wire.js'

/** What was started in this thread. */
export interface Started {
  readonly runspan: Runspan
  /** Is called when somebody starts it a second time. */
  again(): void
}

const STARTED = Symbol.for('runspan.node/1')

interface StartGlobal {
  [STARTED]?: Started
}

/** What was started, by whichever copy of this package. */
export function currentStart(): Started | undefined {
  return (globalThis as StartGlobal)[STARTED]
}

/** Makes it known to all copies of this package, until it is released. */
export function claimStart(started: Started): Started & { release(): void } {
  const shared = globalThis as StartGlobal
  shared[STARTED] = started
  return {
    ...started,
    release() {
      if (shared[STARTED] === started) delete shared[STARTED]
    },
  }
}
