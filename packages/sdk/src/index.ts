// wrap

export { type Immediate, type Tracked, trackStep, trackWorkflow } from './track.js'

// run

export { runStep, runWorkflow } from './run.js'

// handles

export { currentRun, currentStep, type RunHandle, type StepHandle } from './handle.js'

// carriers

export { type Carrier, continueRun, headers } from './carrier.js'

// options

export type { Duration } from './duration.js'
export type { Capture, FromArgs, StepOptions, WorkflowOptions } from './options.js'
export type { RetryOptions } from './retry.js'

// errors

export { isSdkError, SdkError, type SdkErrorCode } from './sdk-error.js'
export { TimeoutError } from './timeout-error.js'
