// data

export { buildReport, type ReportOptions } from './reports/build-report.js'
export { parseReport } from './reports/read.js'
export {
  type CriticalShare,
  REPORT_SCHEMA,
  type Report,
  type ReportAttempt,
  type ReportRun,
  type ReportStep,
} from './reports/report.js'

// texts

export { type TextReportOptions, textReport } from './analysis/text-report.js'
export { type DiffTextOptions, diffText } from './reports/diff-text.js'
export { type HtmlOptions, reportHtml } from './reports/html.js'
export { reportJunit } from './reports/junit.js'
export { type MarkdownOptions, reportMarkdown } from './reports/markdown.js'
