import type { ResultsDocument, StatusRow } from '../core/document.js'
import { DEFAULT_ERROR_CODE } from '../core/error-code.js'
import { isFailure, isUnsuccessful, type Outcome } from '../core/outcome.js'
import { DEFAULT_MODE } from '../core/rows.js'
import { formatRunId, isRunId, toOrdinalId } from '../core/run-id.js'
import { PIPELINE_STATUS, PIPELINE_TASK_STATUS } from '../words/pipeline.js'
import { fromWord } from '../words/vocabulary.js'
import type { PipelineExecution } from './view.js'

const RUN_ROW_ID = toOrdinalId(0)

/**
 * An execution as a document, a row per task; what a task's errors said stands in its row. Without tasks, or when no
 * row tells of a run that did not succeed, row `0000` stands for the run itself.
 */
export function toResultsDocument(execution: PipelineExecution): ResultsDocument {
  const messages = new Map<string, string>()
  for (const { taskId, message } of execution.errors) {
    if (taskId !== null && !messages.has(taskId)) messages.set(taskId, message)
  }
  const rows = execution.tasks.map(({ taskId, title, status }) => {
    const id = isRunId(taskId) ? formatRunId(taskId) : taskId
    return toRow(id, title, fromWord(PIPELINE_TASK_STATUS, status), messages.get(taskId))
  })
  const outcome = fromWord(PIPELINE_STATUS, execution.status)
  if (rows.length > 0 && (!isUnsuccessful(outcome) || rows.some((row) => row.status === outcome)))
    return { statuses: rows }
  const own = execution.errors.find(({ taskId }) => taskId === null)
  return { statuses: [toRow(RUN_ROW_ID, execution.pipeline.name, outcome, own?.message), ...rows] }
}

function toRow(runId: string, title: string, outcome: Outcome, message: string | undefined): StatusRow {
  const failed = isFailure(outcome)
  return {
    run_id: runId,
    title,
    status: outcome,
    mode: DEFAULT_MODE,
    error_code: failed ? DEFAULT_ERROR_CODE : null,
    error_message: failed ? (message ?? null) : null,
    target: null,
    stacktrace: null,
  }
}
