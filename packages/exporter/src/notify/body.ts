/** What a notification tells of: a run, or a row of a document. */
export interface Notice {
  readonly runId: string
  readonly title: string
  /** How it ended. */
  readonly outcome: string
  /** What went wrong, or else the reason that was given. */
  readonly errorMessage: string | null
}

/** The body that a failure webhook gets. */
export function failureBody({ runId, title, errorMessage }: Notice, now: Date) {
  return {
    timestamp: now.toISOString(),
    severity: 'error',
    service: 'workflow_execution',
    run_id: runId,
    title,
    message: errorMessage || 'Workflow execution failed',
    alert_type: 'workflow_failure',
  } as const
}

/** The body that a success webhook gets. */
export function successBody({ runId, title }: Notice, now: Date) {
  return {
    timestamp: now.toISOString(),
    severity: 'info',
    service: 'workflow_execution',
    run_id: runId,
    title,
    message: 'Critical workflow completed successfully',
    alert_type: 'workflow_success',
  } as const
}

/** The body that a webhook gets for a run that neither failed nor succeeded. */
export function otherBody({ runId, title, outcome, errorMessage }: Notice, now: Date) {
  return {
    timestamp: now.toISOString(),
    severity: 'info',
    service: 'workflow_execution',
    run_id: runId,
    title,
    message: `Workflow ended as ${outcome}: ${errorMessage || 'no reason was given'}`,
    alert_type: `workflow_${outcome}`,
  } as const
}

/** The body that Slack gets. */
export function slackBody({ runId, title, errorMessage }: Omit<Notice, 'outcome'>) {
  return {
    text: '🚨 Workflow Failure Alert',
    attachments: [
      {
        color: 'danger',
        fields: [
          { title: 'Run ID', value: toSlackText(runId), short: true },
          { title: 'Title', value: toSlackText(title), short: true },
          { title: 'Error', value: toSlackText(errorMessage || 'Unknown error'), short: false },
        ],
      },
    ],
  } as const
}

/** Only successes whose title says that somebody waits for them are told. */
export function isCritical(title: string): boolean {
  return /critical|production/i.test(title)
}

/** Slack's limit for a text. */
const MAX_SLACK = 3_000

/** Text that Slack shows as it is: no link, no mention of a channel can be made of it. */
function toSlackText(text: string): string {
  const cut = text.length > MAX_SLACK / 2 ? `${text.slice(0, MAX_SLACK / 2).toWellFormed()}…` : text
  const escaped = cut.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.length > MAX_SLACK ? `${escaped.slice(0, MAX_SLACK - 1).replace(/&[a-z]*$/, '')}…` : escaped
}
