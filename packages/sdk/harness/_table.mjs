// The tables of attributes and instruments in README.md: what stands here once is written there, and compared with
// what a real exporter receives.

/** `on`: the kinds of spans that have it; `set`: at start, where samplers and processors see it, later, or at the end. */
export const attributeRows = (ATTR, CICD) => [
  [ATTR.kind, 'run step attempt', 'start', '`run`, `step` or `attempt`'],
  [
    ATTR.runKey,
    'run step attempt',
    'start',
    '`<trace id>-<span id>` of the run it belongs to, or of the outermost step',
  ],
  [ATTR.parentId, 'run step attempt', 'start', 'span id of the run, step or attempt around it'],
  [ATTR.ordinal, 'run step attempt', 'start', 'its number in start order, from 1; an attempt has its step’s'],
  [ATTR.name, 'run step attempt', 'start', 'the name it was wrapped with'],
  [ATTR.runId, 'run', 'start', 'the run’s own id, a UUIDv7 unless `runId` is given'],
  [ATTR.version, 'run', 'start', '`version`'],
  [ATTR.id, 'run step attempt', 'start', '`id`'],
  [ATTR.title, 'run step attempt', 'start', '`title`'],
  [ATTR.mode, 'run step attempt', 'start', '`mode`'],
  [ATTR.attempt, 'attempt', 'start', 'which try it is, from 1'],
  [ATTR.functionName, 'run step', 'later', 'the name of the wrapped function, where it has one'],
  [ATTR.target, 'run step', 'later', '`target`'],
  [ATTR.tags, 'run step', 'later', '`tags`, as JSON'],
  [ATTR.inputs, 'run step', 'later', 'the arguments, or `inputs`, as JSON of at most 16 kB; with `capture`'],
  [ATTR.progress, 'run step', 'later', 'the last `progress()`, 0 to 1'],
  [ATTR.warnings, 'run step', 'later', 'every `warn()`, as JSON'],
  [ATTR.outputs, 'run step', 'end', 'what it gave, as JSON of at most 16 kB; with `capture`'],
  [
    ATTR.outcome,
    'run step attempt',
    'end',
    '`success` `failed` `timed_out` `cancelled` `skipped`; `retry` of an attempt',
  ],
  [
    ATTR.outcomeReason,
    'run step attempt',
    'end',
    'why it was skipped or cancelled; for a failed run the step that failed',
  ],
  [ATTR.steps, 'run step', 'end', 'of the outermost: how many ordinals were given out'],
  [ATTR.errorCode, 'run step attempt', 'end', 'of a failure: `errorCode`, or the error’s own number, or 500'],
  [ATTR.errorCategory, 'run step attempt', 'end', 'of a failure: `E001` to `E007`'],
  [ATTR.errorType, 'run step attempt', 'end', 'of a failure: the error’s name'],
  [ATTR.exceptionType, 'run step attempt', 'end', 'of a failure: the error’s name'],
  [ATTR.exceptionMessage, 'run step attempt', 'end', 'of a failure: its message, without secrets'],
  [ATTR.exceptionStacktrace, 'run step attempt', 'end', 'of a failure: its stack with causes, without secrets'],
  [CICD.pipelineName, 'run', 'start', "the workflow’s name; with `semconv: ['cicd']`"],
  [CICD.runId, 'run', 'start', "the run’s own id; with `semconv: ['cicd']`"],
  [CICD.result, 'run', 'end', "the outcome in the words of CI/CD; with `semconv: ['cicd']`"],
  [CICD.taskName, 'step', 'start', "the step’s name; with `semconv: ['cicd']`"],
  [CICD.taskRunId, 'step', 'later', "the step’s span id; with `semconv: ['cicd']`"],
  [CICD.taskResult, 'step', 'end', "the outcome in the words of CI/CD; with `semconv: ['cicd']`"],
]

export const metricRows = (METRICS, METRIC_ATTR, CICD_METRICS, CICD) => {
  const { workflow, step, outcome, errorType } = METRIC_ATTR
  const pipeline = [CICD.pipelineName, CICD.runState]
  return [
    [METRICS.runDuration.name, 'histogram, s', [workflow, outcome, errorType]],
    [METRICS.stepDuration.name, 'histogram, s', [workflow, step, outcome, errorType]],
    [METRICS.activeRuns.name, 'up-down counter, {run}', [workflow]],
    [METRICS.retries.name, 'counter, {retry}', [workflow, step]],
    [METRICS.successRatio.name, 'gauge, 1', [workflow]],
    [CICD_METRICS.duration, 'histogram, s', [...pipeline, CICD.result, errorType]],
    [CICD_METRICS.active, 'up-down counter, {run}', pipeline],
    [CICD_METRICS.errors, 'counter, {error}', [CICD.pipelineName, errorType]],
  ]
}

/** With columns as wide as their widest cell, as the formatter wants them. */
function table(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column].length)))
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n')
}

/** Both tables as Markdown. */
export function tables({ ATTR, METRICS, METRIC_ATTR, CICD, CICD_METRICS }) {
  const code = (text) => `\`${text}\``
  return [
    table(
      ['attribute', 'on', 'set', 'what'],
      attributeRows(ATTR, CICD).map(([name, on, set, what]) => [code(name), on, set, what]),
    ),
    table(
      ['instrument', 'kind, unit', 'attributes'],
      metricRows(METRICS, METRIC_ATTR, CICD_METRICS, CICD).map(([name, kind, of]) => [
        code(name),
        kind,
        of.map(code).join(' '),
      ]),
    ),
  ].join('\n\n')
}

const BEGIN = '<!-- written by harness/write-tables.mjs -->'
const END = '<!-- end -->'

/** The README with the tables as they are now. */
export function withTables(readme, names) {
  const [before, rest = ''] = readme.split(BEGIN)
  return `${before}${BEGIN}\n\n${tables(names)}\n\n${END}${rest.split(END)[1] ?? '\n'}`
}
