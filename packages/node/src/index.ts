// start

export { type Runspan, type RunspanOptions, type RunspanStatus, startRunspan } from './start-runspan.js'
