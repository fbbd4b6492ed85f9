// wrap

export { type AnyFunction, type Immediate, type Tracked, trackStep, trackWorkflow } from './track.js'

// run

export { runStep, runWorkflow } from './run.js'
export { type Settling, type StartedRun, type StartedStep, startStep, startWorkflow } from './start.js'

// decorate

export { type DecoratorName, type MethodDecorator, step, workflow } from './decorate.js'

// handles

export { currentRun, currentStep, type RunHandle, type StepHandle } from './handle.js'

// carriers

export { type Carrier, continueRun, type HeadersInput, headers } from './carrier.js'

// options

export type { Duration } from './duration.js'
export type { Capture, FromArgs, StepOptions, WorkflowOptions } from './options.js'
export type { RetryOptions } from './retry.js'

// secrets

export { configureRedaction, type RedactionOptions, registerSecret } from '@runspan/results/core'

// errors

export { faultCounts } from './report.js'
export { isSdkError, SdkError, type SdkErrorCode } from './sdk-error.js'
export { TimeoutError } from './timeout-error.js'
