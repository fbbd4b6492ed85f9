/** The attribute names of a Runspan span. No other file spells one. */
export const ATTR = {
  kind: 'runspan.kind',
  runKey: 'runspan.run.key',
  runId: 'runspan.run.id',
  parentId: 'runspan.parent.id',
  ordinal: 'runspan.ordinal',
  steps: 'runspan.steps',
  name: 'runspan.name',
  version: 'runspan.version',
  id: 'runspan.id',
  title: 'runspan.title',
  mode: 'runspan.mode',
  target: 'runspan.target',
  tags: 'runspan.tags',
  attempt: 'runspan.attempt',
  outcome: 'runspan.outcome',
  outcomeReason: 'runspan.outcome.reason',
  errorCode: 'runspan.error.code',
  errorCategory: 'runspan.error.category',
  inputs: 'runspan.inputs',
  outputs: 'runspan.outputs',
  progress: 'runspan.progress',
  warnings: 'runspan.warnings',
  errorType: 'error.type',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  exceptionStacktrace: 'exception.stacktrace',
  functionName: 'code.function.name',
} as const

/** What a Runspan span stands for. */
export type SpanKindWord = 'run' | 'step' | 'attempt'

const RECORDED = new Set<string>(Object.values(ATTR))

/** True for the attribute names that a record keeps; everything else on a span is the user's own. */
export function isRecordedAttribute(name: string): boolean {
  return RECORDED.has(name)
}
