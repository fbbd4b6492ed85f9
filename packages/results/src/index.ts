// documents

export type { DetailedDocument, Json, ResultsDocument, RunFacts, StatusRow, StepNode } from './core/document.js'
export { createFold, createRunFold, type Fold, foldRuns, type RunFold } from './core/fold.js'
export type { SpanRecord } from './core/record.js'
export { formatRunId } from './core/run-id.js'
export { documentText, type TextOptions } from './core/text.js'
export { type LinesOptions, parseJsonLines } from './statuses/lines.js'
export { type ManagerOptions, WorkflowResultManager } from './statuses/manager.js'
export { isDetailed, parseDocument, parseResults, type ReadOptions } from './statuses/read.js'
export { WorkflowExecutionResults } from './statuses/results.js'
export {
  checkStatusWord,
  type StatusFields,
  safeCreateStatus,
  VALID_STATUSES,
  WorkflowExecutionStatus,
} from './statuses/status.js'
export { createStepTracker, type StepTracker, type StepTrackerOptions } from './statuses/tracker.js'
export { toJson, type WriteOptions } from './statuses/write.js'

// words

export {
  isFailure,
  isOutcome,
  isSuccess,
  isTerminal,
  isUnsuccessful,
  OUTCOME_WORDS,
  OUTCOMES,
  type Outcome,
} from './core/outcome.js'
export {
  ACTIONS_STATUS,
  type ActionsStatus,
  CICD_RESULT,
  type CicdResult,
  JUNIT_RESULT,
  type JunitResult,
  NEEDS_RESULT,
  type NeedsResult,
} from './words/ci.js'
export {
  ABSURD_TASK_STATE,
  type AbsurdTaskState,
  WORKFLOW_RUN_STATUS,
  type WorkflowRunStatus,
} from './words/durable.js'
export { PIPELINE_STATUS, PIPELINE_TASK_STATUS } from './words/pipeline.js'
export { RESULT_STATUS, type ResultStatus } from './words/result-status.js'
export { TASK_STATUS } from './words/task-status.js'
export {
  checkTransition,
  describeTransition,
  isTransition,
  nextWords,
  PIPELINE_TASK_TRANSITIONS,
  PIPELINE_TRANSITIONS,
  TASK_TRANSITIONS,
  type TransitionMode,
  type Transitions,
  WORKFLOW_RUN_TRANSITIONS,
} from './words/transitions.js'
export {
  fromWord,
  isWord,
  type OutcomeWords,
  parseWord,
  toWord,
  type Vocabulary,
  type WordOf,
} from './words/vocabulary.js'
export { YAML_STATUS, type YamlStatus } from './words/yaml-status.js'

// errors

export { isResultsError, ResultsError, type ResultsErrorCode } from './core/results-error.js'
export { type SerializedError, serializeError } from './core/serialize-error.js'

// analysis

export { type Analysis, analyze, createAnalysis, type FailureAnalysis } from './analysis/analyze.js'
export {
  type Comparison,
  compareRuns,
  createComparison,
  formatTrend,
  type RunComparison,
  trendWord,
} from './analysis/compare.js'
export { createHealth, type Health, type HealthOptions, type HealthReport, healthReport } from './analysis/health.js'
export type { RowSource } from './analysis/row-source.js'
export { rateOfSettled, rateOfStarted, rateOfUnfailed } from './analysis/success-rate.js'
export { type DiffOptions, diffRuns, type RunDiff, type StepDiff } from './insights/diff-runs.js'
export { type FailurePoint, firstFailure } from './insights/first-failure.js'

// tasks

export { checkDataConsistency, compareResults, type Print, validateResult } from './tasks/check.js'
export {
  describeErrorCode,
  ERROR_CODES,
  type ErrorClass,
  ErrorCode,
  errorClassOf,
  errorCodeByName,
  errorCodesOf,
  isErrorCodeFormat,
  parseErrorCode,
} from './tasks/error-code.js'
export { type Models, validateModelsHealth } from './tasks/health.js'
export { ExecutionModelsLogger, type LineLogger } from './tasks/logger.js'
export { convertOldResult, migrateResult } from './tasks/migrate.js'
export { type CreationMetrics, type CreationTimes, ExecutionModelsMonitor } from './tasks/monitor.js'
export { processResults, type QueueResult, type ResultCounts, toQueueResult } from './tasks/process.js'
export {
  nextTaskStatuses,
  parseTaskStatus,
  TASK_STATUS_DESCRIPTIONS,
  TASK_STATUSES,
  TaskStatus,
} from './tasks/status.js'
export { isStepName, parseStepName, type StepName, toStepName } from './tasks/step-name.js'
export { type TaskStepDict, type TaskStepFields, TaskStepResult } from './tasks/step-result.js'

// tracker

export { toResultsDocument } from './tracker/document.js'
export type { HandlerFault, StatusHandler, TaskHandler, TrackerEvent } from './tracker/events.js'
export type { TaskMetrics } from './tracker/execution.js'
export type { Issue, IssueInput } from './tracker/issue.js'
export type { Pipeline, PipelineSpec } from './tracker/pipeline.js'
export type { TrackerStatistics } from './tracker/statistics.js'
export { PipelineStatus, PipelineTaskStatus } from './tracker/status.js'
export { DEFAULT_MAX_HISTORY, PipelineStatusTracker, type TrackerOptions } from './tracker/tracker.js'
export type { ExecutionMetrics, ExecutionSummary, PipelineExecution, TaskView } from './tracker/view.js'
