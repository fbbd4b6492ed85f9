// capture

export { type CapturedRuns, captureRuns } from './testing/capture.js'

// assert

export {
  assertStep,
  assertSucceeded,
  type Found,
  type MatchResult,
  runMatchers,
  type StepExpectation,
} from './testing/matchers.js'
