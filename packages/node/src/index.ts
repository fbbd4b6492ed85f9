// start

export { startRunspan } from './start-runspan.js'
export type { Runspan, RunspanOptions, RunspanStatus } from './wire.js'
