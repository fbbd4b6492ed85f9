import {
  analyze,
  compareRuns,
  diffRuns,
  foldRuns,
  healthReport,
  isResultsError,
  PipelineStatusTracker,
  parseDocument,
  parseResults,
  TaskStepResult,
  WorkflowResultManager,
} from '@runspan/results'
import { documentText } from '@runspan/results/core'
import { criticalPath, runInsights } from '@runspan/results/insights'
import {
  buildReport,
  diffText,
  parseReport,
  reportHtml,
  reportJunit,
  reportMarkdown,
  textReport,
} from '@runspan/results/reports'
import { summaryLines, treeLines } from '@runspan/results/terminal'
import { recordsOf } from './records.js'

const now = new Date('2026-11-21T12:00:00Z')
const style = { width: 80, colour: false, utf8: true }
const documents = foldRuns([...recordsOf(1), ...recordsOf(2)])
const [first, second] = documents as [(typeof documents)[0], (typeof documents)[0]]

const manager = new WorkflowResultManager()
for (const status of parseResults(first)) manager.addStatus(status)
manager.add('7', 'By hand', 'success', 'default', null, null, 'https://example.org')

const tracker = new PipelineStatusTracker()
for (const record of recordsOf(3)) tracker.addRecord(record)

function refusal(): unknown {
  try {
    return parseResults('{"statuses":[{"run_id":"1"}]}')
  } catch (error) {
    return isResultsError(error) ? [error.code, error.path] : error
  }
}

const report = buildReport(documents)

export const answer = {
  again: documentText(parseDocument(documentText(first, { detail: true })) as typeof first, { detail: true }),
  manager: manager.toJson(),
  refusal: refusal(),
  analysis: analyze(manager),
  text: textReport(analyze(manager), { now }),
  health: healthReport(manager, { now }),
  comparison: compareRuns(documents),
  diff: diffText(diffRuns(first, second)),
  insights: runInsights(documents),
  critical: criticalPath(first),
  report: parseReport(JSON.stringify(report)),
  html: reportHtml(report),
  junit: reportJunit(report),
  markdown: reportMarkdown(report),
  summary: summaryLines(first, style),
  tree: treeLines(first, { ...style, timeZone: 'UTC' }),
  tracker: [tracker.getStatistics(), tracker.getExecutionSummary('run 3')],
  task: TaskStepResult.success({ step: 'tool.run', result: { rows: 3 } }).toDict(),
}
